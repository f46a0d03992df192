package conflicts

// What the tests hold against the policy of the tables.
var (
	GroupName = groupName
	TableName = tableName
	Label     = label
)
