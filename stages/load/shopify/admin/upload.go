package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
)

var stagedUploadsCreate = Operation{Name: "StagedUploadsCreate", Cost: 11, Text: `mutation StagedUploadsCreate($input: [StagedUploadInput!]!) {
  stagedUploadsCreate(input: $input) {
    stagedTargets { url resourceUrl parameters { name value } }
    userErrors { field message }
  }
}`}

// target is where Shopify wants a file to be put.
type target struct {
	URL        string `json:"url"`
	Resource   string `json:"resourceUrl"`
	Parameters []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"parameters"`
}

// key is the path that a bulk operation finds the file by.
func (t target) key() string {
	for _, p := range t.Parameters {
		if p.Name == "key" {
			return p.Value
		}
	}
	return ""
}

// Stage uploads a file of so many bytes for a resource such as IMAGE, and returns
// the address under which Shopify takes it: originalSource. Nothing of the shop
// has changed by that, so every error is certain; the same file may be staged
// again. It does not wait for points.
func (d *Door) Stage(ctx context.Context, resource, name, mime string, size int64, body io.Reader) (string, error) {
	t, err := d.stage(ctx, resource, name, mime, size, body)
	return t.Resource, err
}

// stage asks for a target and fills it.
func (d *Door) stage(ctx context.Context, resource, name, mime string, size int64, body io.Reader) (target, error) {
	t, err := d.target(ctx, resource, name, mime, size)
	if err == nil {
		err = d.upload(ctx, t, name, mime, size, body)
	}
	if err != nil && !Certain(err) {
		err = undone{err}
	}
	return t, err
}

func (d *Door) target(ctx context.Context, resource, name, mime string, size int64) (target, error) {
	r, err := d.Query(ctx, stagedUploadsCreate, map[string]any{"input": []map[string]string{{
		"resource": resource, "filename": name, "mimeType": mime, "httpMethod": "POST", "fileSize": strconv.FormatInt(size, 10)}}})
	if err != nil {
		return target{}, err
	}
	var data struct {
		Create *struct {
			Targets    []target    `json:"stagedTargets"`
			UserErrors []UserError `json:"userErrors"`
		} `json:"stagedUploadsCreate"`
	}
	switch err := json.Unmarshal(r.Data, &data); {
	case err != nil, data.Create == nil:
		return target{}, Unreadable(stagedUploadsCreate, r)
	case len(data.Create.UserErrors) > 0:
		return target{}, d.Refused(r, data.Create.UserErrors[0])
	case len(data.Create.Targets) != 1, data.Create.Targets[0].URL == "":
		return target{}, Unreadable(stagedUploadsCreate, r)
	}
	return data.Create.Targets[0], nil
}

// upload posts a form: every parameter in the order given, the file last. Its
// length is told beforehand, because file services take no chunked form.
func (d *Door) upload(ctx context.Context, t target, name, mime string, size int64, body io.Reader) error {
	head, tail, kind, err := form(t, name, mime)
	if err != nil {
		return fmt.Errorf("shopify: the form of %s: %w", name, err)
	}
	whole := io.MultiReader(bytes.NewReader(head), io.LimitReader(body, size), bytes.NewReader(tail))
	resp, err := d.files.open(ctx, http.MethodPost, t.URL, http.Header{"Content-Type": {kind}}, whole, int64(len(head)+len(tail))+size)
	host := hostOf(t.URL)
	if err != nil {
		d.note(ctx, "POST "+host+" "+name, Answer{}, err)
		return err
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	a := Answer{Status: resp.StatusCode, Header: resp.Header, At: d.now()}
	a.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxSaid))
	d.note(ctx, "POST "+host+" "+name, a, err)
	switch {
	case a.Status == http.StatusCreated || a.Status == http.StatusOK || a.Status == http.StatusNoContent:
		return nil // the status says it, whatever becomes of the words
	case err != nil:
		return lostFile(ctx, host, err)
	}
	return fileError(host, a)
}

// form is what stands before and after the file, and the form's content type.
func form(t target, name, mime string) (head, tail []byte, kind string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range t.Parameters {
		if err := w.WriteField(p.Name, p.Value); err != nil {
			return nil, nil, "", err
		}
	}
	quoted := strings.NewReplacer("\\", "\\\\", `"`, "\\\"", "\r", "", "\n", "").Replace(name)
	if _, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="` + quoted + `"`},
		"Content-Type":        {mime},
	}); err != nil {
		return nil, nil, "", err
	}
	n := b.Len()
	if err := w.Close(); err != nil {
		return nil, nil, "", err
	}
	return b.Bytes()[:n:n], b.Bytes()[n:], w.FormDataContentType(), nil
}

// hostOf is what may be told of a signed address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "?"
	}
	return u.Host
}
