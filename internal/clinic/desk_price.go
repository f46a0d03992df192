package clinic

// Service is a line of the price list (R2.3, R5.1).
type Service struct {
	Record
	Code       string `json:"code,omitempty"` // the clinic's own, or of the country's nomenclature
	Title      string `json:"title"`
	Speciality string `json:"speciality,omitempty"` // whose service it is; empty: anybody's
	Minutes    int    `json:"minutes,omitempty"`    // how long it takes; 0: one slot
	Price      int64  `json:"price"`                // kopecks or tiyn
	Currency   string `json:"currency"`             // RUB, KZT
	Active     bool   `json:"active"`
}

// Rendered is a service of a visit: what was done, at the price of that day (R5.1).
type Rendered struct {
	Record
	Patient  ID     `json:"patient,omitzero"`
	Visit    ID     `json:"visit"`
	Service  ID     `json:"service,omitzero"` // of the price list; zero for one of its own
	Code     string `json:"code,omitempty"`
	Title    string `json:"title"`
	Price    int64  `json:"price"` // of one, in kopecks or tiyn
	Currency string `json:"currency"`
	Quantity int    `json:"quantity"`
	Staff    ID     `json:"staff,omitzero"`
	When     Time   `json:"when"`
}

// Sum is what the line costs, in kopecks or tiyn.
func (r *Rendered) Sum() int64 { return r.Price * int64(r.Quantity) }

// CurrencyOf is what a country pays with.
func CurrencyOf(c Country) string {
	if c == Kazakhstan {
		return "KZT"
	}
	return "RUB"
}
