package shopifytest

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

const maxAlt = 512

// createFiles is fileCreate: all or none.
func (s *Server) createFiles(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		list, _ := args["files"].([]any)
		var errs []any
		for i, entry := range list {
			if field, message, code := s.createFault(entry.(object)); code != "" {
				errs = append(errs, userError(message, code, "files", joined(i), field))
			}
		}
		if len(errs) > 0 {
			return s.refused(x, object{"files": nil}, errs...), nil
		}
		out := []any{}
		for _, entry := range list {
			out = append(out, s.fileObject(s.newFile(x.pen(), entry.(object))))
		}
		return object{"files": out, "userErrors": []any{}}, nil
	}
}

func (s *Server) createFault(in object) (field, message, code string) {
	source, name := text(in["originalSource"]), text(in["filename"])
	kind := text(in["contentType"])
	held := slices.ContainsFunc(s.shop.files, func(f *file) bool { return f.name == orElse(name, fileName(source)) })
	bad := s.badSource(source)
	switch mode := text(in["duplicateResolutionMode"]); {
	case bad != "":
		return "originalSource", bad, "INVALID_IMAGE_SOURCE_URL"
	case len([]rune(text(in["alt"]))) > maxAlt:
		return "alt", "The alt value exceeds the maximum limit of 512 characters.", "ALT_VALUE_LIMIT_EXCEEDED"
	case mode == "REPLACE" && name == "":
		return "duplicateResolutionMode", "Duplicate resolution mode REPLACE cannot be used without specifying filename", "MISSING_FILENAME_FOR_DUPLICATE_MODE_REPLACE"
	case mode == "REPLACE" && kind == "FILE":
		return "duplicateResolutionMode", "Duplicate resolution mode is not supported for this file type.", "INVALID_DUPLICATE_MODE_FOR_TYPE"
	case mode == "RAISE_ERROR" && held:
		return "filename", "The provided filename already exists", "FILENAME_ALREADY_EXISTS"
	case name != "" && path.Ext(fileName(source)) != "" && !strings.EqualFold(path.Ext(name), path.Ext(fileName(source))) && s.stagedFile(source) == nil:
		return "filename", "Provided filename extension must match original source.", "MISMATCHED_FILENAME_AND_ORIGINAL_SOURCE"
	}
	return "", "", ""
}

// updateFiles is fileUpdate, all or none: what is missing is told before what is not READY, and that before the rest
// (live).
func (s *Server) updateFiles(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		list, _ := args["files"].([]any)
		var missing []string
		unready := false
		for _, entry := range list {
			f := s.shop.byFile[text(entry.(object)["id"])]
			if f == nil {
				missing = append(missing, fmt.Sprintf("%q", text(entry.(object)["id"])))
				continue
			}
			s.look(f) // who only tries again gets there too
			unready = unready || f.status != fileReady
		}
		refuse := func(errs ...any) (any, error) { return s.refused(x, object{"files": []any{}}, errs...), nil }
		switch {
		case len(missing) > 0:
			return refuse(userError("File ids ["+strings.Join(missing, ", ")+"] do not exist.", "FILE_DOES_NOT_EXIST", "files"))
		case unready:
			return refuse(userError("Non-ready files cannot be updated.", "NON_READY_STATE", "files"))
		}
		var errs []any
		for i, entry := range list {
			errs = append(errs, s.updateFileFaults(entry.(object), i)...)
		}
		if len(errs) > 0 {
			return refuse(errs...)
		}
		out := []any{}
		for _, entry := range list {
			out = append(out, s.fileObject(s.writeFile(x.pen(), entry.(object))))
		}
		return object{"files": out, "userErrors": []any{}}, nil
	}
}

func (s *Server) updateFileFaults(in object, i int) (errs []any) {
	fail := func(field, message, code string) {
		errs = append(errs, userError(message, code, "files", joined(i), field))
	}
	if source, given := in["originalSource"]; given && s.badSource(text(source)) != "" {
		fail("originalSource", s.badSource(text(source)), "INVALID_IMAGE_SOURCE_URL")
	}
	if len([]rune(text(in["alt"]))) > maxAlt {
		fail("alt", "The alt value exceeds the maximum limit of 512 characters.", "ALT_VALUE_LIMIT_EXCEEDED")
	}
	if name := text(in["filename"]); name != "" {
		f := s.shop.byFile[text(in["id"])]
		if slices.ContainsFunc(s.shop.files, func(o *file) bool { return o != f && o.name == name }) {
			fail("filename", "The provided filename already exists.", "FILENAME_ALREADY_EXISTS")
		}
	}
	for _, field := range []string{"referencesToAdd", "referencesToRemove"} {
		for _, id := range texts(in[field]) {
			p := s.shop.product(id)
			if p == nil {
				fail(field, "The reference target does not exist.", "REFERENCE_TARGET_DOES_NOT_EXIST")
			} else if field == "referencesToAdd" && len(p.media) >= maxMedia {
				fail(field, "Exceeded the limit of media per product.", "PRODUCT_MEDIA_LIMIT_EXCEEDED")
			}
		}
	}
	return errs
}

// writeFile writes a FileUpdateInput. New content is processed again, behind the same id.
func (s *Server) writeFile(w pen, in object) *file {
	f := s.shop.byFile[text(in["id"])]
	set := func(field string, at *string) {
		if value, given := in[field]; given {
			w.note("file", f.id, f.name, field, *at, text(value))
			*at = text(value)
		}
	}
	set("alt", &f.alt)
	set("filename", &f.name)
	if source := text(in["originalSource"]); source != "" {
		w.note("file", f.id, f.name, "source", f.source, source)
		s.processFile(f, source)
	}
	for _, id := range texts(in["referencesToAdd"]) {
		p := s.shop.product(id)
		if !slices.Contains(p.media, f) {
			w.media(p, append(slices.Clone(p.media), f))
		}
		w.touch(p)
	}
	for _, id := range texts(in["referencesToRemove"]) {
		p := s.shop.product(id)
		w.media(p, slices.DeleteFunc(slices.Clone(p.media), func(o *file) bool { return o == f }))
		w.touch(p)
	}
	f.updated = s.opt.Now()
	return f
}

// deleteFiles is fileDelete, all or none: for the whole shop.
func (s *Server) deleteFiles(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		ids := texts(args["fileIds"])
		missing := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return s.shop.byFile[id] != nil })
		switch {
		case len(missing) == 1:
			return s.refused(x, object{"deletedFileIds": nil}, userError("File id "+missing[0]+" does not exist.", "FILE_DOES_NOT_EXIST", "fileIds")), nil
		case len(missing) > 1:
			return s.refused(x, object{"deletedFileIds": nil}, userError("File ids "+strings.Join(missing, ",")+" do not exist.", "FILE_DOES_NOT_EXIST", "fileIds")), nil
		}
		out := []any{}
		for _, id := range ids {
			if f := s.shop.byFile[id]; f != nil { // the same id may stand there twice
				x.pen().note("file", f.id, f.name, "deleted", f.source, "")
				s.shop.dropFile(f)
			}
			out = append(out, id)
		}
		return object{"deletedFileIds": out, "userErrors": []any{}}, nil
	}
}

// Files are all files of now.
func (s *Server) Files() []Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Picture{}
	for _, f := range s.shop.files {
		out = append(out, Picture{ID: f.id, Source: f.source, Name: f.name, Alt: f.alt, Status: f.status})
	}
	return out
}
