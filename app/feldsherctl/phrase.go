package main

type phraseCmd struct {
	New phraseNewCmd `cmd:"" help:"${cli_phrase_new}"`
}

type phraseNewCmd struct{}

// phraseOut is what phrase new prints: the only time the phrase is shown.
type phraseOut struct {
	Phrase string `json:"recovery_phrase"`
}

func (phraseNewCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		phrase, err := d.users.NewPhrase(s.ctx)
		if err != nil {
			return err
		}
		if s.cli.JSON {
			return writeJSON(s.stdout, phraseOut{phrase})
		}
		s.say("cli_phrase_done")
		s.say("cli_init_phrase")
		return s.print(nil, "\n%s\n", numbered(phrase))
	})
}
