package conflictstest

import (
	"context"
	"testing"
	"time"

	"feldsher/internal/clinic"
	"feldsher/internal/ui/present/presenttest"
	"feldsher/translations"
)

// form is a template of two fields.
type form struct{}

func (form) Template(_ context.Context, id clinic.ID) (clinic.Template, error) {
	return clinic.Template{Record: clinic.Record{ID: id}, Title: "Осмотр терапевта", Lang: "ru", Version: 1, Active: true, Fields: []clinic.Field{
		{Key: "head", Type: "heading", Label: "Осмотр"},
		{Key: "state", Type: "longtext", Label: "Объективно", Required: true},
		{Key: "plan", Type: "longtext", Label: "План"},
	}}, nil
}

// Sealed makes a protocol that was signed on one workstation while the other went on
// writing it.
func Sealed(t testing.TB, lang translations.Lang) *Case {
	t.Helper()
	ctx, p := t.Context(), presenttest.Twins(t, lang)
	c := &Case{Pair: p, Patient: presenttest.Patient(t, p.A)}
	v, err := p.A.Records.AddVisit(ctx, clinic.Visit{Patient: c.Patient.ID, Complaints: "кашель", Status: clinic.VisitDone})
	must(t, err)
	c.Visit = v.ID
	pr, err := p.A.Records.AddProtocol(ctx, form{}, clinic.Protocol{Visit: v.ID, Template: clinic.NewID(), Values: map[string]string{
		"state": "Состояние удовлетворительное. Дыхание жёсткое, хрипов нет.", "plan": "Рентгенография, повторный приём через неделю.",
	}})
	must(t, err)
	p.Exchange(t)
	_, err = p.A.Records.SignProtocol(ctx, pr.ID)
	must(t, err)
	p.Later(4 * time.Minute)
	_, err = p.B.Records.EditProtocol(ctx, pr.ID, map[string]string{"state": "Состояние удовлетворительное. Дыхание жёсткое, справа внизу единичные влажные хрипы."})
	must(t, err)
	p.Later(time.Minute)
	p.Exchange(t)
	return c
}
