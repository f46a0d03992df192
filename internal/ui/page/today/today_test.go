package today_test

import (
	"testing"

	"feldsher/internal/ui/page"
	"feldsher/internal/ui/page/pagetest"
	"feldsher/internal/ui/page/today"
	"feldsher/internal/ui/present"
	"feldsher/internal/ui/present/today/todaytest"
)

func fill(t *testing.T, s *present.Session) { todaytest.Fill(t, s, 150) }

func build(route present.Route, make func(*page.Env, present.Route) page.Page) func(*page.Env) page.Page {
	return func(e *page.Env) page.Page { return make(e, route) }
}

func TestPictures(t *testing.T) {
	pagetest.Golden(t, "today", fill, build(present.Route{Page: present.PageToday}, today.NewToday))
	pagetest.Golden(t, "mine", fill, build(present.Route{Page: present.PageMine}, today.NewMine))
	pagetest.Golden(t, "timetable", fill, build(present.Route{Page: present.PageTimetable}, today.NewTimetable))
}
