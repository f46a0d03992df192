package clinic_test

import "time"

var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
