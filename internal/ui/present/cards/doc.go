// Package cards is what a user sees of patients' cards and does with them: the list
// that searches while one types, the banner that stands on every page of a patient,
// the card with its tabs, merging with a second card, allergies and problems, and
// the history of a card in words. It has no widgets.
package cards
