package main

import (
	"os"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

type protocolCmd struct {
	Add   protocolAddCmd   `cmd:"" help:"${cli_protocol_add}"`
	Edit  protocolEditCmd  `cmd:"" help:"${cli_protocol_edit}"`
	List  protocolListCmd  `cmd:"" help:"${cli_protocol_list}"`
	Show  protocolShowCmd  `cmd:"" help:"${cli_protocol_show}"`
	Sign  protocolSignCmd  `cmd:"" help:"${cli_protocol_sign}"`
	Amend protocolAmendCmd `cmd:"" help:"${cli_protocol_amend}"`
	Scan  protocolScanCmd  `cmd:"" help:"${cli_protocol_scan}"`
	PDF   protocolPDFCmd   `cmd:"" name:"pdf" help:"${cli_protocol_pdf}"`
}

// newProtocol is the input of protocol add.
type newProtocol struct {
	ID       clinic.ID         `json:"id"`
	Visit    clinic.ID         `json:"visit"`
	Template string            `json:"template"` // id, title or speciality
	Fields   map[string]string `json:"fields"`
}

func (s *session) printProtocol(p clinic.Protocol, key string) error {
	return s.print(p, "%s", s.t(key, "id", p.ID, "version", p.Version))
}

func parseID(field, arg string) (clinic.ID, error) {
	id, err := clinic.ParseID(arg)
	if err != nil {
		return id, fault.At(field, "fault.field.id")
	}
	return id, nil
}

type protocolAddCmd struct{}

func (protocolAddCmd) Run(s *session) error {
	var in newProtocol
	if err := s.readJSON(&in); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		template, err := d.catalog.FindTemplate(s.ctx, in.Template, string(s.lang))
		if err != nil {
			return err
		}
		p, err := d.records.AddProtocol(s.ctx, d.catalog, clinic.Protocol{
			Record: clinic.Record{ID: in.ID}, Visit: in.Visit, Template: template.ID, Values: in.Fields,
		})
		if err != nil {
			return err
		}
		return s.printProtocol(p, "cli_protocol_added")
	})
}

type protocolEditCmd struct {
	ID clinic.ID `arg:"" name:"id" help:"${cli_protocol_id}"`
}

func (c *protocolEditCmd) Run(s *session) error {
	var in struct {
		Fields map[string]string `json:"fields"`
	}
	if err := s.readJSON(&in); err != nil {
		return err
	}
	return s.with(func(d *desk) error {
		p, err := d.records.EditProtocol(s.ctx, c.ID, in.Fields)
		if err != nil {
			return err
		}
		return s.printProtocol(p, "cli_protocol_edited")
	})
}

type protocolListCmd struct {
	Patient string `arg:"" optional:"" help:"${cli_patient_id}"`
	Of      string `name:"patient" placeholder:"ID" help:"${cli_patient_id}"`
}

func (c *protocolListCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		arg := c.Patient
		if arg == "" {
			arg = c.Of
		}
		id, err := d.patientID(s, arg)
		if err != nil {
			return err
		}
		list, err := d.records.Protocols(s.ctx, id)
		if err != nil {
			return err
		}
		if s.cli.JSON {
			if list == nil {
				list = []clinic.Protocol{}
			}
			return writeJSON(s.stdout, list)
		}
		for i := range list {
			p, mark := &list[i], ""
			if p.AwaitsPaper() {
				mark = "  " + s.t("cli_protocol_no_scan")
			}
			if err := s.print(nil, "%s  %-7s v%d  %-40s %s%s", d.clock(p.Written, minutes), p.Status, p.Version, p.Title, p.ID, mark); err != nil {
				return err
			}
		}
		s.say("cli_found", "n", len(list))
		return nil
	})
}

type protocolShowCmd struct {
	ID clinic.ID `arg:"" name:"id" help:"${cli_protocol_id}"`
}

func (c *protocolShowCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		p, err := d.records.Protocol(s.ctx, c.ID)
		if err != nil {
			return err
		}
		return writeJSON(s.stdout, p)
	})
}

type protocolSignCmd struct {
	ID clinic.ID `arg:"" name:"id" help:"${cli_protocol_id}"`
}

func (c *protocolSignCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		p, err := d.records.SignProtocol(s.ctx, c.ID)
		if err != nil {
			return err
		}
		return s.printProtocol(p, "cli_protocol_signed")
	})
}

type protocolAmendCmd struct {
	ID  clinic.ID `arg:"" name:"id" help:"${cli_protocol_id}"`
	Why string    `help:"${cli_why}"`
}

func (c *protocolAmendCmd) Run(s *session) error {
	var in struct {
		Why    string            `json:"why"`
		Fields map[string]string `json:"fields"`
	}
	if err := s.readJSON(&in); err != nil {
		return err
	}
	if in.Why == "" {
		in.Why = c.Why
	}
	return s.with(func(d *desk) error {
		p, err := d.records.AmendProtocol(s.ctx, c.ID, in.Why, in.Fields)
		if err != nil {
			return err
		}
		return s.printProtocol(p, "cli_protocol_amended")
	})
}

type protocolScanCmd struct {
	ID   clinic.ID `arg:"" name:"id" help:"${cli_protocol_id}"`
	File string    `required:"" placeholder:"FILE" help:"${cli_protocol_scan_file}"`
}

func (c *protocolScanCmd) Run(s *session) error {
	f, err := openFile(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	return s.with(func(d *desk) error {
		p, err := d.records.ScanProtocol(s.ctx, c.ID, f)
		if err != nil {
			return err
		}
		return s.printProtocol(p, "cli_protocol_scanned")
	})
}

type protocolPDFCmd struct {
	ID  clinic.ID `arg:"" name:"id" help:"${cli_protocol_id}"`
	Out string    `default:"." placeholder:"FILE" help:"${cli_protocol_out}"`
}

func (c *protocolPDFCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		file := c.Out
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			file = protocolFile(file, c.ID)
		}
		if err := s.protocolPDF(d, c.ID, file); err != nil {
			return err
		}
		return s.print(map[string]any{"files": []string{file}}, "%s", file)
	})
}

type templateCmd struct {
	List templateListCmd `cmd:"" help:"${cli_template_list}"`
}

type templateListCmd struct{}

func (templateListCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		list, err := d.catalog.Templates(s.ctx)
		if err != nil {
			return err
		}
		if s.cli.JSON {
			return writeJSON(s.stdout, list)
		}
		for _, t := range list {
			if err := s.print(nil, "%s  %s  %s", t.ID, t.Lang, t.Title); err != nil {
				return err
			}
		}
		return nil
	})
}
