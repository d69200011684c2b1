package shopifytest

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
)

// stagedPath is where staged uploads go: a service of its own, which wants no token of the shop.
const stagedPath = "/staged-uploads/"

// target is one place that stagedUploadsCreate made. key is its path in the bucket and the stagedUploadPath of a bulk
// mutation.
type target struct {
	key        string
	resource   string
	mime       string
	parameters []parameter
	file       *StagedFile // nil until something was uploaded
	used       bool        // a bulk mutation has read it
}

// parameter is one field that the upload must carry, in its place.
type parameter struct{ name, value string }

// StagedFile is what lies at a staged upload target.
type StagedFile struct {
	Key      string // path within the bucket
	Name     string
	MIME     string
	Resource string // BULK_MUTATION_VARIABLES, IMAGE, FILE and so on
	Data     []byte
}

// stagedFolders say where the files of a resource lie; all others lie in "files".
var stagedFolders = map[string]string{"BULK_MUTATION_VARIABLES": "bulk", "IMAGE": "products", "COLLECTION_IMAGE": "collections"}

// createStagedUploads makes a target for every input. Nothing can be refused but what is not implemented.
func (s *Server) createStagedUploads(*execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		targets := []any{}
		list, _ := args["input"].([]any)
		for _, entry := range list {
			in := entry.(object)
			if in["httpMethod"] != "POST" {
				return nil, &fieldError{code: "INTERNAL_SERVER_ERROR",
					message: "not implemented by the stand-in: stagedUploadsCreate with httpMethod PUT, the default"}
			}
			targets = append(targets, s.newTarget(in))
		}
		return object{"stagedTargets": targets, "userErrors": []any{}}, nil
	}
}

// newTarget lays the parameters down in the order of the real bucket: the key is neither first nor last.
func (s *Server) newTarget(in object) object {
	resource, now := text(in["resource"]), s.opt.Now().UTC()
	t := &target{resource: resource, mime: text(in["mimeType"])}
	t.key = fmt.Sprintf("tmp/%d/%s/%s/%s", idNumber(s.opt.ID), orElse(stagedFolders[resource], "files"), uuid.NewString(), text(in["filename"]))
	date := now.Format("20060102T150405Z")
	t.parameters = []parameter{
		{"Content-Type", t.mime},
		{"success_action_status", "201"},
		{"acl", "private"},
		{"key", t.key},
		{"x-goog-date", date},
		{"x-goog-credential", "stand-in@example.com/" + date[:8] + "/auto/storage/goog4_request"},
		{"x-goog-algorithm", "GOOG4-RSA-SHA256"},
		{"x-goog-signature", strings.ReplaceAll(uuid.NewString(), "-", "")},
		{"policy", "eyJjb25kaXRpb25zIjpbXX0="},
	}
	if s.bulk.targets == nil {
		s.bulk.targets = map[string]*target{}
	}
	s.bulk.targets[t.key] = t
	parameters := []any{}
	for _, p := range t.parameters {
		parameters = append(parameters, object{"name": p.name, "value": p.value})
	}
	return object{"__typename": "StagedMediaUploadTarget", "url": s.URL() + stagedPath, "resourceUrl": s.URL() + stagedPath + t.key,
		"parameters": parameters}
}

// stagedFile gives what was uploaded to the target with the resourceUrl, or nil. The lock is held by the caller.
func (s *Server) stagedFile(resourceURL string) *StagedFile {
	_, key, found := strings.Cut(resourceURL, stagedPath)
	if t := s.bulk.targets[key]; found && t != nil {
		return t.file
	}
	return nil
}

// StagedFile gives what was uploaded to the target with this resourceUrl or key.
func (s *Server) StagedFile(resourceURL string) (StagedFile, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.bulk.targets[resourceURL]; t != nil && t.file != nil {
		return *t.file, true
	}
	if f := s.stagedFile(resourceURL); f != nil {
		return *f, true
	}
	return StagedFile{}, false
}
