package shopifytest

// startJob is an operation that was begun and is done when it is asked for; finish may be nil.
func (s *Server) startJob() object {
	id := s.shop.newID("Job")
	s.shop.operations[id] = object{"__typename": "Job", "id": id, "done": true}
	return object{"__typename": "Job", "id": id, "done": false}
}

// polled reads a job or an operation by its id. Every look moves an operation on by a step.
func (s *Server) polled(kind string) func(args map[string]any) (any, error) {
	return func(args map[string]any) (any, error) {
		id := text(args["id"])
		if idType(id) != kind {
			return nil, invalidID(id)
		}
		o := s.shop.operations[id]
		if o == nil {
			if kind == "Job" {
				return object{"__typename": "Job", "id": id, "done": true}, nil // old jobs are forgotten and count as done
			}
			return nil, nil
		}
		if step, ok := o["\x00step"].(func() object); ok {
			return step(), nil
		}
		return o, nil
	}
}
