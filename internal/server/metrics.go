package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are counted for this process; what is stored in all is on the page and
// in `licensord stats`. No label ever names an organisation or a workstation.
type metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	bytes    *prometheus.CounterVec
	refused  *prometheus.CounterVec
	entries  prometheus.Counter
	waiting  prometheus.Gauge
	panics   prometheus.Counter
}

func newMetrics(room func() float64) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "licensord_calls_total", Help: "Calls answered, by call and HTTP status.",
		}, []string{"call", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "licensord_call_seconds", Help: "Time of a call from its header to its answer, without the time a long poll was held.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60},
		}, []string{"call"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "licensord_bytes_total", Help: "Bytes of bodies, by direction.",
		}, []string{"direction"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "licensord_refused_total", Help: "Calls refused, by the code of the problem.",
		}, []string{"problem"}),
		entries: prometheus.NewCounter(prometheus.CounterOpts{Name: "licensord_entries_stored_total", Help: "Entries stored."}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{Name: "licensord_polls_held", Help: "Long polls that are being held."}),
		panics:  prometheus.NewCounter(prometheus.CounterOpts{Name: "licensord_panics_total", Help: "Calls that ended in a defect of the server."}),
	}
	m.registry.MustRegister(m.calls, m.seconds, m.bytes, m.refused, m.entries, m.waiting, m.panics,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "licensord_body_bytes_held", Help: "Memory that bodies being read hold."}, room),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) note(o *observed, took time.Duration) {
	m.calls.WithLabelValues(o.call, itoa(int64(o.status))).Inc()
	m.seconds.WithLabelValues(o.call).Observe((took - o.held).Seconds())
	m.bytes.WithLabelValues("in").Add(float64(o.in))
	m.bytes.WithLabelValues("out").Add(float64(o.out))
	if o.problem != "" {
		m.refused.WithLabelValues(o.problem).Inc()
	}
}
