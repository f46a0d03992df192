package main

import (
	"encoding/json"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"feldsher/translations"
)

// fyneKeys are the words of Fyne's own: of its menus and file dialogs.
var fyneKeys = []string{
	"Advanced", "Cancel", "Confirm", "Copy", "Create Folder", "Cut", "Enter filename", "Error", "Favourites", "File", "Folder",
	"New Folder", "No", "OK", "Open", "Paste", "Quit", "Redo", "Save", "Select all", "Show Hidden Files", "Undo", "Yes", "file.name", "file.parent",
}

// fixFyneWords gives Fyne our words for its own: it takes its language from the
// system, has no Kazakh, and knows no change while it runs.
func fixFyneWords(l translations.Lang) {
	words := make(map[string]any, len(fyneKeys))
	for _, key := range fyneKeys {
		own := "fyne_" + strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(key, " ", "_")), ".", "_")
		word := translations.T(l, own)
		if strings.HasPrefix(key, "file.") {
			words[key] = map[string]string{"other": word}
		} else {
			words[key] = word
		}
	}
	text, err := json.Marshal(words)
	if err != nil {
		return
	}
	if err := lang.AddTranslationsForLocale(text, lang.SystemLocale()); err != nil {
		fyne.LogError("words", err)
	}
}
