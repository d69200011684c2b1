package shopifytest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

const xmlType = "application/xml; charset=UTF-8"

// upload takes a multipart form as the bucket does: every parameter of the target in its order, then the file, then
// nothing more.
func (s *Server) upload(req *request) reply {
	s.noteToken(req)
	if req.http.Method != http.MethodPost {
		return s.servedUpload(req)
	}
	form, err := readForm(req)
	if err != nil {
		return bucketError(http.StatusBadRequest, "MalformedPOSTRequest", err.Error())
	}
	t := s.bulk.targets[form.value("key")]
	if t == nil {
		return bucketError(http.StatusForbidden, "AccessDenied", "There is no policy for this key.")
	}
	if err := form.fits(t.parameters); err != nil {
		return bucketError(http.StatusBadRequest, "InvalidPolicyDocument", err.Error())
	}
	if t.used {
		s.record.note("upload-overwritten", req.call, "the file %s was written again after a bulk operation had taken it", t.key)
	}
	t.file = &StagedFile{Key: t.key, Name: t.key[strings.LastIndexByte(t.key, '/')+1:], MIME: t.mime, Resource: t.resource, Data: form.file}
	location := s.URL() + stagedPath + t.key
	answer := textReply(http.StatusCreated, xmlType, xml.Header+"<PostResponse><Location>"+escaped(location)+"</Location><Bucket>shopify-staged-uploads</Bucket><Key>"+
		escaped(t.key)+"</Key></PostResponse>")
	answer.header.Set("Location", location)
	return answer
}

// servedUpload gives a file back to whoever knows its resourceUrl, as for a picture that is fetched from there.
func (s *Server) servedUpload(req *request) reply {
	f := s.stagedFile(req.http.URL.Path)
	if f == nil || req.http.Method != http.MethodGet {
		return bucketError(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	}
	return reply{status: http.StatusOK, header: http.Header{"Content-Type": {f.MIME}}, body: f.Data}
}

// files says whether the request is for the file service, which is not the shop.
func (req *request) files() bool { return req.call.Kind == KindUpload || req.call.Kind == KindDownload }

// noteToken finds a client that shows the token of the shop to another service.
func (s *Server) noteToken(req *request) {
	if req.http.Header.Get("X-Shopify-Access-Token") != "" {
		s.record.note("token-shown", req.call, "%s carries the access token to the file service", req.call.Kind)
	}
}

// uploadForm is a form as it was sent.
type uploadForm struct {
	fields   []parameter
	file     []byte
	hasFile  bool
	trailing bool // something came after the file
}

func readForm(req *request) (uploadForm, error) {
	var form uploadForm
	kind, params, _ := mime.ParseMediaType(req.http.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return form, fmt.Errorf("the body is no multipart/form-data")
	}
	reader := multipart.NewReader(bytes.NewReader(req.body), params["boundary"])
	for {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return form, nil
		}
		if err != nil {
			return form, fmt.Errorf("the form cannot be read: %w", err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return form, fmt.Errorf("the field %s cannot be read: %w", part.FormName(), err)
		}
		switch {
		case form.hasFile:
			form.trailing = true
		case part.FormName() == "file":
			form.hasFile, form.file = true, content
		default:
			form.fields = append(form.fields, parameter{part.FormName(), string(content)})
		}
	}
}

func (f uploadForm) value(name string) string {
	for _, field := range f.fields {
		if field.name == name {
			return field.value
		}
	}
	return ""
}

// fits compares the fields with the parameters of the target, one by one.
func (f uploadForm) fits(want []parameter) error {
	for i, p := range want {
		if i >= len(f.fields) || f.fields[i].name != p.name {
			return fmt.Errorf("field %d of the form must be %s", i+1, p.name)
		}
		if f.fields[i].value != p.value {
			return fmt.Errorf("the value of %s differs from the one given", p.name)
		}
	}
	switch {
	case len(f.fields) > len(want):
		return fmt.Errorf("the policy does not allow the field %s", f.fields[len(want)].name)
	case !f.hasFile:
		return fmt.Errorf("the field file is missing")
	case f.trailing:
		return fmt.Errorf("file must be the last field")
	}
	return nil
}

func bucketError(status int, code, message string) reply {
	return textReply(status, xmlType, xml.Header+"<Error><Code>"+code+"</Code><Message>"+escaped(message)+"</Message></Error>")
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // memory does not fail
	return b.String()
}
