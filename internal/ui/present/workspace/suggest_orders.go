package workspace

import (
	"context"
	"strings"

	"feldsher/internal/clinic"
	"feldsher/internal/clinic/fold"
)

// suggestOrders offers what is ordered usually and, for the diagnoses, treatment
// protocols; what is typed can be taken as it is.
func (w *Workspace) suggestOrders(ctx context.Context, typed string) (out []Suggestion, err error) {
	words := fold.Words(typed)
	list, err := w.pathways(ctx, words)
	if err != nil {
		return nil, err
	}
	if len(list) > 0 {
		out = append(append(out, w.heading("visit_suggest_pathways")), list...)
	}
	n := 0
	for line := range strings.Lines(w.s.T("visit_orders_usual")) {
		line = strings.TrimSpace(line)
		if line == "" || len(words) > 0 && !begins(line, words) {
			continue
		}
		if n == 0 {
			out = append(out, w.heading("visit_suggest_orders"))
		}
		n++
		out = append(out, w.orderSuggestion(line))
	}
	if text := plain(typed); text != "" {
		out = append(out, w.heading("visit_suggest_as_typed"), w.orderSuggestion(text))
	}
	return out, nil
}

func (w *Workspace) orderSuggestion(text string) Suggestion {
	kind := w.kindOfOrder(text)
	return Suggestion{
		Icon: OrderIcon(kind), Text: text, Side: w.s.T("visit_order_" + kind), kind: orderSuggestion, order: &clinic.Order{Kind: kind, Text: text},
	}
}

// suggestServices offers the price list, the doctor's speciality first.
func (w *Workspace) suggestServices(ctx context.Context, typed string) (out []Suggestion, err error) {
	if !w.May.Services || !w.s.May(clinic.ReadPrices) {
		return nil, nil
	}
	services, err := w.bills.FindServices(ctx, typed, w.s.User.Speciality, mostServices)
	if err != nil {
		return nil, err
	}
	for i := range services {
		if i == 0 {
			out = append(out, w.heading("visit_suggest_services"))
		}
		s := services[i]
		first, rest := twoLines(s.Title)
		out = append(out, Suggestion{
			Icon: "price", Text: first, Below: joined(rest, s.Code), Side: w.s.Words.Money(s.Price, s.Currency), kind: serviceSuggestion, service: &s,
		})
	}
	return out, nil
}

// OrderIcon names the picture of a kind of orders.
func OrderIcon(kind string) string {
	switch kind {
	case "laboratory":
		return "flask"
	case "examination":
		return "pulse"
	case "procedure":
		return "syringe"
	case "referral":
		return "stethoscope"
	}
	return "list"
}

func (w *Workspace) pathways(ctx context.Context, words []string) (out []Suggestion, err error) {
	seen := map[clinic.ID]bool{}
	for _, d := range w.Diagnoses() {
		if d.Code == "" {
			continue
		}
		list, err := w.s.Records.Pathways(ctx, d.Code)
		if err != nil {
			continue // an imported code that the table does not know has none
		}
		for i := range list {
			p := list[i]
			if seen[p.ID] || len(words) > 0 && !begins(p.Title, words) {
				continue
			}
			seen[p.ID] = true
			out = append(out, Suggestion{
				Icon: "list", Text: p.Title, Below: w.s.T("visit_pathway_about", "orders", len(p.Orders), "drugs", len(p.Prescriptions)),
				Side: d.Code, kind: pathwaySuggestion, pathway: &p,
			})
		}
	}
	return out, nil
}
