package shopifytest

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Pictures end after some polls: UPLOADED, then PROCESSING, then READY or FAILED.
const (
	fileUploaded   = "UPLOADED"
	fileProcessing = "PROCESSING"
	fileReady      = "READY"
	fileFailed     = "FAILED"
)

// file is something in Files: a MediaImage, or a GenericFile.
type file struct {
	id, source, name, alt string
	status, failure       string // failure is the code that it will end with, "" for none
	polls                 int    // requests that still see it unfinished
	seen                  int    // request that saw it last
	version               int    // raised when the content is replaced
	created, updated      time.Time
}

// mishap is what a test has planned for the sources that contain a text.
type mishap struct {
	match, code string
	polls       int
}

// FailSource makes every file whose source or name contains the text end as FAILED with the code of FileErrorCode,
// such as IMAGE_DOWNLOAD_FAILURE.
func (s *Server) FailSource(match, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mishaps = append(s.mishaps, mishap{match: match, code: code, polls: s.opt.MediaPolls})
}

// SlowSource makes every file whose source or name contains the text stay unfinished for so many requests that look at
// it.
func (s *Server) SlowSource(match string, polls int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mishaps = append(s.mishaps, mishap{match: match, polls: polls})
}

// processFile starts the processing of the content that the source gives.
func (s *Server) processFile(f *file, source string) {
	f.source, f.status, f.failure, f.polls, f.seen = source, fileUploaded, "", s.opt.MediaPolls, len(s.record.calls)
	f.version++
	f.updated = s.opt.Now()
	for _, m := range s.mishaps {
		if strings.Contains(source, m.match) || strings.Contains(f.name, m.match) {
			f.failure, f.polls = m.code, m.polls
		}
	}
	if staged := s.stagedFile(source); staged != nil && len(staged.Data) == 0 {
		f.failure = "IMAGE_PROCESSING_FAILURE"
	}
}

// look moves the file on: one step a request, however often the request opens it.
func (s *Server) look(f *file) {
	if f.status == fileReady || f.status == fileFailed || f.seen == len(s.record.calls) {
		return
	}
	f.seen = len(s.record.calls)
	if f.polls > 0 {
		f.polls--
		f.status = fileProcessing
		return
	}
	f.status = fileReady
	if f.failure != "" {
		f.status = fileFailed
	}
	f.updated = s.opt.Now()
}

// newFile makes a file of a FileSetInput, FileCreateInput or CreateMediaInput that was checked. A file of the same name
// is replaced in place where the input says so.
func (s *Server) newFile(w pen, in object) *file {
	st := s.shop
	source := text(in["originalSource"])
	name := orElse(text(in["filename"]), fileName(source))
	held := find(st.files, func(f *file) bool { return f.name == name })
	if held != nil && in["duplicateResolutionMode"] == "REPLACE" {
		w.note("file", held.id, held.name, "source", held.source, source)
		if alt, given := in["alt"].(string); given {
			held.alt = alt
		}
		s.processFile(held, source)
		return held
	}
	if held != nil {
		name = strings.TrimSuffix(name, path.Ext(name)) + "_" + uuid.NewString() + path.Ext(name)
	}
	kind := "MediaImage"
	if in["contentType"] == "FILE" {
		kind = "GenericFile"
	}
	f := &file{id: st.newID(kind), name: name, alt: text(in["alt"]), created: s.opt.Now()}
	s.processFile(f, source)
	st.files = append(st.files, f)
	st.byFile[f.id] = f
	w.note("file", f.id, f.name, "created", "", source)
	return f
}

func fileName(source string) string {
	u, err := url.Parse(source)
	if err != nil {
		return "file"
	}
	return orElse(path.Base(u.Path), "file")
}

// badSource says what is wrong with a source, "" for nothing. An address outside is taken as it is; one on this server
// has to be a staged upload that was made.
func (s *Server) badSource(source string) string {
	u, err := url.Parse(source)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return "Image URL is invalid"
	}
	if u.Host == s.addr {
		if s.stagedFile(source) == nil {
			return "The staged upload does not exist"
		}
	}
	return ""
}

// dropFile takes the file off every product and variant and forgets it.
func (st *store) dropFile(f *file) {
	gone := func(o *file) bool { return o == f }
	for _, p := range st.products {
		if p.detach(f) {
			p.updated = st.now()
		}
	}
	st.files = slices.DeleteFunc(st.files, gone)
	delete(st.byFile, f.id)
}

// detach takes the file off the product and off its variants.
func (p *product) detach(f *file) bool {
	if !slices.Contains(p.media, f) {
		return false
	}
	gone := func(o *file) bool { return o == f }
	p.media = slices.DeleteFunc(p.media, gone)
	for _, v := range p.variants {
		v.media = slices.DeleteFunc(v.media, gone)
	}
	return true
}

func fileID(f *file) string { return f.id }

func (s *Server) fileObject(f *file) object {
	s.look(f)
	errs := []any{}
	if f.status == fileFailed {
		errs = append(errs, object{"__typename": "FileError", "code": f.failure, "details": f.source,
			"message": "The file could not be processed: " + f.failure})
	}
	o := object{
		"__typename": idType(f.id), "id": f.id, "alt": orNull(f.alt), "fileStatus": f.status, "fileErrors": errs,
		"createdAt": timestamp(f.created), "updatedAt": timestamp(f.updated), "mimeType": mimeOf(f.name),
	}
	address := "https://cdn.shopify.com/s/files/1/0680/0000/0001/files/" + url.PathEscape(f.name)
	if idType(f.id) == "GenericFile" {
		o["url"], o["originalFileSize"] = nil, 1000
		if f.status == fileReady {
			o["url"] = address
		}
		return o
	}
	o["mediaContentType"], o["status"], o["image"] = "IMAGE", f.status, nil
	if f.status == fileReady {
		o["image"] = object{"__typename": "Image", "id": gid("ImageSource", idNumber(f.id)), "altText": orNull(f.alt),
			"url": address + "?v=" + f.created.UTC().Format("150405") + string(rune('0'+f.version%10)), "width": 800, "height": 600}
	}
	return o
}

func mimeOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".png":
		return "image/png"
	case ".webp":
		return "image/webp"
	case ".pdf":
		return "application/pdf"
	}
	return "image/jpeg"
}

// mediaConnection is a list of files in their own order.
func (s *Server) mediaConnection(files []*file) connection {
	return connection{nodes: listed(files, fileID, s.fileObject)}
}
