package shopifytest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// bulkObject is an operation as it can be read now. Counts are text, as the schema's UnsignedInt64 is.
func (s *Server) bulkObject(o *bulkOperation) object {
	out := object{"__typename": "BulkOperation", "id": o.id, "type": o.kind, "status": o.status, "query": o.text, "errorCode": nil,
		"createdAt": timestamp(o.created), "completedAt": nil, "objectCount": strconv.Itoa(o.run), "rootObjectCount": strconv.Itoa(o.rootCount()),
		"fileSize": nil, "url": nil, "partialDataUrl": nil}
	if o.status == bulkCreated {
		out["objectCount"], out["rootObjectCount"] = "0", "0"
	}
	if !o.ended() {
		return out
	}
	out["completedAt"], out["errorCode"] = timestamp(o.completed), orNull(o.errorCode)
	if len(o.file) == 0 {
		return out
	}
	if o.status == bulkFailed {
		out["partialDataUrl"] = s.resultURL(o)
		return out
	}
	out["url"], out["fileSize"] = s.resultURL(o), strconv.Itoa(len(o.file))
	return out
}

func (o *bulkOperation) rootCount() int {
	if o.kind == bulkQuery {
		return o.roots
	}
	return o.run
}

func (s *Server) resultURL(o *bulkOperation) string {
	return fmt.Sprintf("%s%s%s/bulk-%d.jsonl?Expires=%d", s.URL(), resultPath, o.fileName, idNumber(o.id), o.completed.Add(resultLife).Unix())
}

// download answers a request for a result. After seven days the address is dead.
func (s *Server) download(req *request) reply {
	s.noteToken(req)
	name, _, _ := strings.Cut(strings.TrimPrefix(req.http.URL.Path, resultPath), "/")
	o := find(s.bulk.operations, func(o *bulkOperation) bool { return o.fileName == name && len(o.file) > 0 })
	switch {
	case o == nil || req.http.Method != http.MethodGet:
		return bucketError(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	case !s.opt.Now().Before(o.completed.Add(resultLife)):
		return bucketError(http.StatusBadRequest, "ExpiredToken", "The provided token has expired.")
	}
	o.downloads++
	return reply{status: http.StatusOK, header: http.Header{"Content-Type": {"application/jsonl"}}, body: o.file}
}

// readBulk is the field bulkOperation. An id of another type is an error, an unknown one is null.
func (s *Server) readBulk(args map[string]any) (any, error) {
	id := text(args["id"])
	if idType(id) != "BulkOperation" {
		return nil, invalidID(id)
	}
	return orNil(s.polledBulk(id)), nil
}

// polledBulk reads an operation, which is a poll.
func (s *Server) polledBulk(id string) object {
	o := find(s.bulk.operations, func(o *bulkOperation) bool { return o.id == id })
	if o == nil {
		return nil
	}
	s.poll(o)
	return s.bulkObject(o)
}

// listBulk is the field bulkOperations; every operation in the list is polled.
func (s *Server) listBulk(map[string]any) (any, error) {
	var all []object
	for _, o := range s.bulk.operations {
		s.poll(o)
		all = append(all, s.bulkObject(o))
	}
	return connection{nodes: fixed(all...), match: matchBulk, sorts: map[string]string{"CREATED_AT": "createdAt", "COMPLETED_AT": "completedAt"}}, nil
}

func matchBulk(n object, t term) (hit, known bool) {
	switch t.field {
	case "id":
		return t.holdsID(text(n["id"])), true
	case "status":
		return t.holds(text(n["status"])), true
	case "operation_type":
		return t.holds(text(n["type"])), true
	case "created_at":
		return t.holds(text(n["createdAt"])), true
	}
	return false, false
}

// currentBulk is the deprecated field currentBulkOperation: the newest operation of a type.
func (s *Server) currentBulk(args map[string]any) (any, error) {
	for i := len(s.bulk.operations) - 1; i >= 0; i-- {
		if o := s.bulk.operations[i]; o.kind == args["type"] {
			return s.polledBulk(o.id), nil
		}
	}
	return nil, nil
}

// cancelBulk is bulkOperationCancel. What was run stays done.
func (s *Server) cancelBulk(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		o := find(s.bulk.operations, func(o *bulkOperation) bool { return o.id == args["id"] })
		if o == nil {
			return object{"bulkOperation": nil, "userErrors": []any{object{"field": []any{"id"}, "message": "Bulk operation does not exist"}}}, nil
		}
		s.tick(o)
		if o.ended() {
			return object{"bulkOperation": s.bulkObject(o), "userErrors": []any{object{"field": nil,
				"message": "A bulk operation cannot be canceled when it is " + strings.ToLower(o.status)}}}, nil
		}
		o.status, o.waiting = bulkCanceling, nil
		return object{"bulkOperation": s.bulkObject(o), "userErrors": []any{}}, nil
	}
}
