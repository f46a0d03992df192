package main

import (
	"io"
	"os"
	"path/filepath"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
)

type attachmentCmd struct {
	Add  attachmentAddCmd  `cmd:"" help:"${cli_attachment_add}"`
	List attachmentListCmd `cmd:"" help:"${cli_attachment_list}"`
	Get  attachmentGetCmd  `cmd:"" help:"${cli_attachment_get}"`
}

type attachmentAddCmd struct {
	Patient string `required:"" placeholder:"ID" help:"${cli_patient_id}"`
	File    string `required:"" placeholder:"FILE" help:"${cli_attachment_file}"`
	Title   string `required:"" placeholder:"TEXT" help:"${cli_attachment_title}"`
	Kind    string `required:"" enum:"photo,scan,image,other" placeholder:"photo|scan|image|other" help:"${cli_attachment_kind}"`
}

func (c *attachmentAddCmd) Run(s *session) error {
	f, err := openFile(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	return s.with(func(d *desk) error {
		patient, err := d.patientID(s, c.Patient)
		if err != nil {
			return err
		}
		a, err := d.records.Attach(s.ctx, clinic.Attachment{Patient: patient, Kind: c.Kind, Title: c.Title}, f)
		if err != nil {
			return err
		}
		return s.print(a, "%s", s.t("cli_attachment_added", "id", a.ID))
	})
}

// openFile opens a file that is to be taken in.
func openFile(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "fault.file.open", "file", name)
	}
	if info.IsDir() {
		return nil, fault.New(fault.Invalid, "fault.file.is_dir", "file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "fault.file.open", "file", name)
	}
	return f, nil
}

type attachmentListCmd struct {
	Patient string `arg:"" help:"${cli_patient_id}"`
}

func (c *attachmentListCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		id, err := d.patientID(s, c.Patient)
		if err != nil {
			return err
		}
		list, err := d.records.Attachments(s.ctx, id)
		if err != nil {
			return err
		}
		if s.cli.JSON {
			if list == nil {
				list = []clinic.Attachment{}
			}
			return writeJSON(s.stdout, list)
		}
		for _, a := range list {
			if err := s.print(nil, "%-9s %-16s %10d  %-40s %s", a.Kind, a.Media, a.Size, a.Title, a.ID); err != nil {
				return err
			}
		}
		s.say("cli_found", "n", len(list))
		return nil
	})
}

type attachmentGetCmd struct {
	ID  clinic.ID `arg:"" name:"id" help:"${cli_attachment_id}"`
	Out string    `required:"" placeholder:"FILE" help:"${cli_attachment_out}"`
}

func (c *attachmentGetCmd) Run(s *session) error {
	return s.with(func(d *desk) error {
		a, content, err := d.records.ExportAttachment(s.ctx, c.ID)
		if err != nil {
			return err
		}
		defer content.Close()
		file := c.Out
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			file = filepath.Join(file, "attachment-"+a.ID.String()+extensions[a.Media])
		}
		err = writeFile(file, func(w io.Writer) error {
			return copyOut(w, content, file)
		})
		if err != nil {
			return err
		}
		return s.print(map[string]any{"files": []string{file}}, "%s", file)
	})
}

// extensions of the files that programs know by them.
var extensions = map[string]string{
	"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/tiff": ".tiff",
	"image/gif": ".gif", "image/webp": ".webp", "text/plain": ".txt", "application/dicom": ".dcm",
}

// copyOut copies an attachment; a disk that can't be written is told from an
// attachment that can't be read.
func copyOut(w io.Writer, content io.Reader, file string) error {
	out := &outlet{w: w}
	if _, err := io.Copy(out, content); out.err != nil {
		return fault.Wrap(out.err, fault.Space, "fault.file.write", "file", file)
	} else if err != nil {
		return err
	}
	return nil
}

// outlet remembers why it could not be written to.
type outlet struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (o *outlet) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil {
		o.err = err
	}
	return n, err
}
