package cards

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/png" // pictures of both kinds are shown
	"io"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"feldsher/internal/clinic"
	"feldsher/internal/fault"
	"feldsher/internal/ui/kit"
	"feldsher/internal/ui/page/files"
	model "feldsher/internal/ui/present/cards"
)

// takeFile lets the user pick a file; take reads it beside the screen.
func (c *card) takeFile(title string, endings []string, take func(context.Context, io.Reader) (string, error)) {
	files.Open(c.env, c.env.T(title), endings, func(path string) {
		c.work("file", func(ctx context.Context) (string, func(context.Context) error, error) {
			file, err := os.Open(path)
			if err != nil {
				return "", nil, fault.Wrap(err, fault.Invalid, "fault.file.open", "file", filepath.Base(path))
			}
			text, err := take(ctx, file)
			return text, nil, errors.Join(err, file.Close())
		}, c.env.Fail)
	})
}

// photo puts a picture from a file onto the card.
func (c *card) photo() {
	if !c.model.Can.Photo {
		return
	}
	id := c.model.Patient().ID
	c.takeFile("cards_photo_pick", []string{".jpg", ".jpeg", ".png"}, func(ctx context.Context, file io.Reader) (string, error) {
		_, err := c.env.Records.SetPhoto(ctx, id, file)
		return c.env.T("cards_photo_set"), err
	})
}

// attach puts a scan or any other file to the card.
func (c *card) attach() {
	if !c.model.Can.Allergy {
		return
	}
	id := c.model.Patient().ID
	c.takeFile("cards_file_pick", nil, func(ctx context.Context, file io.Reader) (string, error) {
		_, err := c.env.Records.Attach(ctx, clinic.Attachment{Patient: id, Kind: "scan", Taken: clinic.TimeOf(c.env.Now())}, file)
		return c.env.T("cards_file_added"), err
	})
}

// openFile shows a picture over the page, and saves anything else.
func (c *card) openFile(f model.File) {
	if !f.Picture {
		c.saveFile(f)
		return
	}
	kit.Load(c.env.Loader, "picture", func(ctx context.Context) (image.Image, error) {
		file, err := c.env.Records.Picture(ctx, f.ID)
		if err != nil {
			return nil, err
		}
		picture, _, err := image.Decode(bytes.NewReader(file))
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "fault.photo.damaged")
		}
		return picture, nil
	}, func(picture image.Image, err error) {
		if err != nil {
			c.env.Fail(err)
			return
		}
		img := canvas.NewImageFromImage(picture)
		img.FillMode = canvas.ImageFillContain
		var layer *kit.Layer
		shut := kit.NewButton(c.env.T("cards_close"), func() { layer.Close() }).Key("Esc")
		buttons := []fyne.CanvasObject{shut}
		if c.model.Can.Export {
			save := kit.NewButton(c.env.T("cards_save_file"), func() { layer.Close(); c.saveFile(f) }).With("save")
			buttons = append([]fyne.CanvasObject{save}, buttons...)
		}
		layer = c.env.Layers.Show(kit.Panel{Title: f.What, Content: img, Buttons: buttons, Width: 900, Height: 620, Focus: shut})
	})
}

// saveFile writes an attachment out of the program; that it leaves stands in the
// ledger first.
func (c *card) saveFile(f model.File) {
	files.Save(c.env, c.env.T("cards_file_save"), f.Name, func(path string) {
		c.work("save", func(ctx context.Context) (string, func(context.Context) error, error) {
			_, content, err := c.env.Records.ExportAttachment(ctx, f.ID)
			if err != nil {
				return "", nil, err
			}
			return c.env.T("cards_file_saved"), nil, errors.Join(writeFile(path, content), content.Close())
		}, c.env.Fail)
	})
}

// writeFile puts a file under its name whole or not at all.
func writeFile(path string, content io.Reader) error {
	draft := path + ".part"
	file, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Space, "fault.file.write", "file", filepath.Base(path))
	}
	_, err = io.Copy(file, content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(draft, path)
	}
	if err != nil {
		_ = os.Remove(draft)
		return fault.Wrap(err, fault.Space, "fault.file.write", "file", filepath.Base(path))
	}
	return nil
}
