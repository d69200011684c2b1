package admin

import (
	"context"
	"encoding/json"
	"io"
	"strconv"
)

// A StageFile is a file to be staged. Open is called when its turn has come.
type StageFile struct {
	Name string
	MIME string
	Size int64 // bytes
	Open func() (io.ReadCloser, error)
}

// StageAll is Stage for many files, 250 at most, with one call for all of their
// targets. Nothing of the shop has changed by it, so every error is certain.
func (d *Door) StageAll(ctx context.Context, resource string, files []StageFile) ([]string, error) {
	addresses, err := d.stageAll(ctx, resource, files)
	if err != nil && !Certain(err) {
		err = undone{err}
	}
	return addresses, err
}

func (d *Door) stageAll(ctx context.Context, resource string, files []StageFile) ([]string, error) {
	targets, err := d.targets(ctx, resource, files)
	if err != nil {
		return nil, err
	}
	addresses := make([]string, len(files))
	for i, f := range files {
		if err := d.fill(ctx, targets[i], f); err != nil {
			return nil, err
		}
		addresses[i] = targets[i].Resource
	}
	return addresses, nil
}

// fill uploads one file.
func (d *Door) fill(ctx context.Context, t target, f StageFile) error {
	body, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // it was only read
	return d.upload(ctx, t, f.Name, f.MIME, f.Size, body)
}

// targets asks for as many targets as there are files.
func (d *Door) targets(ctx context.Context, resource string, files []StageFile) ([]target, error) {
	input := make([]map[string]string, len(files))
	for i, f := range files {
		input[i] = map[string]string{"resource": resource, "filename": f.Name, "mimeType": f.MIME,
			"httpMethod": "POST", "fileSize": strconv.FormatInt(f.Size, 10)}
	}
	r, err := d.Query(ctx, stagedUploadsCreate, map[string]any{"input": input})
	if err != nil {
		return nil, err
	}
	var data struct {
		Create *struct {
			Targets    []target    `json:"stagedTargets"`
			UserErrors []UserError `json:"userErrors"`
		} `json:"stagedUploadsCreate"`
	}
	switch err := json.Unmarshal(r.Data, &data); {
	case err != nil, data.Create == nil:
		return nil, Unreadable(stagedUploadsCreate, r)
	case len(data.Create.UserErrors) > 0:
		return nil, d.Refused(r, data.Create.UserErrors[0])
	case len(data.Create.Targets) != len(files):
		return nil, Unreadable(stagedUploadsCreate, r)
	}
	for _, t := range data.Create.Targets {
		if t.URL == "" {
			return nil, Unreadable(stagedUploadsCreate, r)
		}
	}
	return data.Create.Targets, nil
}
