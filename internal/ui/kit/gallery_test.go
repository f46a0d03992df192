package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/kit/kittest"
)

// gallery is every plain widget of the kit once.
func gallery(fyne.Window) fyne.CanvasObject {
	name := kit.NewField("Фамилия", kit.NewEntry().Hint("как в документе")).Required()
	birth := kit.NewEntry()
	birth.SetText("31.02.1980")
	wrong := kit.NewField("Дата рождения", birth)
	wrong.Say(kit.Wrong, "В феврале нет 31-го числа")
	snils := kit.NewEntry()
	snils.SetText("112-233-445 96")
	warned := kit.NewField("СНИЛС", snils)
	warned.Say(kit.Warn, "Контрольное число не сходится: проверьте по документу")
	off := kit.NewButton("Печать", nil).With("print")
	off.Disable()
	note := kit.NewNote(3)
	note.SetText("Жалобы на кашель, температуру до 38,2 третий день.\nӘлсіздік, тәбет төмендеген.")
	rows := kit.NewRows([]kit.Column{{Title: "Пациент", Grow: 2}, {Title: "Рождён", Width: 90}, {Title: "Сумма", Width: 90, Right: true}},
		func(row, column int) kit.Cell {
			switch column {
			case 0:
				return kit.Cell{Text: []string{"Ковылина Дарья Игоревна", "Әбдіғали Ерлан Қайратұлы с очень длинным именем и приставкой", "Озёрная Вера"}[row], Below: "А-000" + string(rune('1'+row)) + " · Тверь, ул. Озёрная, 4", Bold: row == 0}
			case 1:
				return kit.Cell{Text: "09.03.1984"}
			}
			return kit.Cell{Text: "1 250,00 ₽", Icon: []string{"ok", "warning", "error"}[row], Color: []fyne.ThemeColorName{theme.ColorNameSuccess, theme.ColorNameWarning, theme.ColorNameError}[row]}
		}).Tall(46)
	rows.SetCount(3)
	left := kit.Col(8,
		kit.Columns(12, nil, name, wrong, warned),
		kit.Row(8, kit.NewButton("Записать", nil).Ranked(kit.Primary).With("check").Key("Ctrl+Enter"), kit.NewButton("Изменить", nil).With("edit").Key("F2"),
			kit.NewButton("Ещё", nil).Ranked(kit.Quiet).With("more"), kit.NewButton("Стереть", nil).Ranked(kit.Danger).With("remove"), off),
		kit.NewTabs([]string{"Обзор", "Посещения", "Результаты", "Документы"}, nil),
		kit.NewChoice([]string{"Женский", "Мужской", "Не указан"}, 0, nil),
		note,
		kit.Row(6, kit.Chip(kit.Wrong, "allergy", "Пенициллин"), kit.Chip(kit.Calm, "", "I10 гипертония"), kit.Chip(kit.Warn, "child", "до 18 лет"), kit.Chip(kit.Good, "ok", "подписан")),
		kit.Notice(kit.Warn, "Черновик от 12:30 восстановлен.", kit.NewButton("Отбросить", nil).Small()),
		kit.Notice(kit.Wrong, "Диск полон: протокол не сохранён, черновик остался."),
	)
	page := container.NewBorder(kit.Head("Пациенты", "суббота, 21 ноября", kit.NewButton("Новый пациент", nil).Ranked(kit.Primary).With("add").Key("F2")), nil, nil, nil,
		kit.Panes(16, []float32{3, 2}, kit.Inset(0, 0, 0, 16, left), kit.Card(rows)))
	return kit.Ground(theme.ColorNameBackground, page)
}

func TestGallery(t *testing.T) {
	for name, look := range map[string]kit.Look{"light": {}, "dark": {Dark: true}, "large": {Scale: 1.5}} {
		t.Run(name, func(t *testing.T) {
			kittest.App(t, look)
			kittest.Same(t, kittest.Window(t, fyne.NewSize(1302, 688), gallery), "gallery-"+name)
		})
	}
}
