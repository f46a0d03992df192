package records

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/check"
	"feldsher/internal/clinic/icd"
	"feldsher/internal/fault"
	"feldsher/internal/storage/store"
)

// maxPathway is how many orders and prescriptions, and how many codes, a pathway may
// have.
const maxPathway = 200

// SavePathway writes a treatment protocol (R3.5), new or in place of the one with its
// id. Its orders and prescriptions are patterns: ids, patients and states come with the
// visit that they are applied to.
func (r *Records) SavePathway(ctx context.Context, p clinic.Pathway) (clinic.Pathway, error) {
	if err := r.who.Require(clinic.ManageClinic); err != nil {
		return clinic.Pathway{}, err
	}
	if err := preparePathway(&p); err != nil {
		return clinic.Pathway{}, err
	}
	p.Deleted = 0
	err := r.update(ctx, "pathway.save", func(tx *store.Tx) error { return tx.PutPathway(&p) })
	if err != nil {
		return clinic.Pathway{}, err
	}
	return p, nil
}

// beginning is a part of a code that several diagnoses share.
var beginning = regexp.MustCompile(`^[A-Z][0-9]?$`)

func preparePathway(p *clinic.Pathway) error {
	var c checker
	c.line("title", &p.Title)
	if p.Title == "" {
		c.fail(fault.At("title", "fault.field.empty"))
	}
	c.text("origin", &p.Origin)
	c.codes(p)
	if n := len(p.Orders) + len(p.Prescriptions); n == 0 {
		c.fail(fault.At("orders", "fault.pathway.empty"))
	} else if n > maxPathway {
		c.fail(fault.At("orders", "fault.pathway.many", "limit", maxPathway))
	}
	v := clinic.Visit{Orders: slices.Clone(p.Orders), Prescriptions: slices.Clone(p.Prescriptions)}
	c.care(&v, 0)
	for i := range v.Orders {
		o := &v.Orders[i]
		v.Orders[i] = clinic.Order{Kind: o.Kind, Coding: o.Coding, Text: o.Text, Status: "ordered"}
	}
	for i := range v.Prescriptions {
		x := &v.Prescriptions[i]
		if x.Start != "" || x.Stop != "" {
			c.fail(fault.At(fmt.Sprintf("prescriptions[%d].start", i), "fault.pathway.dates"))
		}
		v.Prescriptions[i] = patternOf(x)
	}
	p.Orders, p.Prescriptions = v.Orders, v.Prescriptions
	c.sane(p)
	return c.err
}

// patternOf takes from a prescription what makes it one, without whose, when and where
// from.
func patternOf(x *clinic.Prescription) clinic.Prescription {
	p := *x
	p.Record, p.Patient, p.Visit, p.Staff = clinic.Record{}, clinic.ID{}, clinic.ID{}, clinic.ID{}
	p.Written, p.Start, p.Stop, p.Status = 0, "", "", "active"
	p.Original, p.Source = "", clinic.Source{}
	return p
}

// codes puts the codes that a pathway is meant for into canonical form, each once.
func (c *checker) codes(p *clinic.Pathway) {
	if len(p.Codes) == 0 {
		c.fail(fault.At("codes", "fault.field.empty"))
	}
	if len(p.Codes) > maxPathway {
		c.fail(fault.At("codes", "fault.pathway.many", "limit", maxPathway))
		return
	}
	var out []string
	for i, code := range p.Codes {
		code = strings.TrimSpace(code)
		if short := strings.ToUpper(code); beginning.MatchString(short) {
			code = short
		} else if code = icd.Normalize(code); code == "" || icd.KindOf(code) == icd.KindChapter {
			c.fail(fault.At(fmt.Sprintf("codes[%d]", i), "fault.pathway.code"))
		}
		if !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	p.Codes = out
}

// Pathways lists the treatment protocols by title; with an ICD-10 code those in use that
// are meant for it. They are a reference table: no right is asked for.
func (r *Records) Pathways(ctx context.Context, code string) ([]clinic.Pathway, error) {
	all, err := r.store.Reader(ctx).Pathways()
	if err != nil || strings.TrimSpace(code) == "" {
		return all, err
	}
	code = icd.Normalize(code)
	if kind := icd.KindOf(code); kind != icd.KindCategory && kind != icd.KindSubcategory {
		return nil, fault.At("code", "fault.icd.unknown")
	}
	return slices.DeleteFunc(all, func(p clinic.Pathway) bool { return !p.Active || !p.Fits(code) }), nil
}

// ApplyPathway adds a pathway's orders and prescriptions to a visit in one step, under
// fresh ids and the user's name; they are edited as any others then (R3.5). It warns of
// allergies and doubles as EditVisit does, and of a pathway that was applied before.
// Rights as for EditVisit. Faults: NotFound, Conflict for a visit that was struck out
// and for a pathway that is not in use.
func (r *Records) ApplyPathway(ctx context.Context, visit, pathway clinic.ID) (SavedVisit, error) {
	if err := r.who.Require(clinic.WriteCare); err != nil {
		return SavedVisit{}, err
	}
	p, err := r.store.Reader(ctx).Pathway(pathway)
	if err != nil {
		return SavedVisit{}, err
	}
	if !p.Active {
		return SavedVisit{}, fault.New(fault.Conflict, "fault.pathway.inactive")
	}
	again := false
	saved, err := r.editVisit(ctx, "pathway.apply", visit, func(v clinic.Visit) (clinic.Visit, error) {
		again = slices.ContainsFunc(v.Orders, func(o clinic.Order) bool { return o.Pathway == p.ID })
		for _, o := range p.Orders {
			o.Pathway = p.ID
			v.Orders = append(v.Orders, o)
		}
		v.Prescriptions = append(v.Prescriptions, p.Prescriptions...)
		return v, nil
	})
	if err == nil && again {
		saved.Warnings = append(saved.Warnings, check.Warning{Field: "orders", Key: "warn.pathway.again"})
	}
	return saved, err
}
