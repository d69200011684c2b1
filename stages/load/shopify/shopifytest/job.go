package shopifytest

// pendingWork is what was answered before it is done.
type pendingWork struct {
	due int // number of the request that finds it done
	run func()
}

// settlePending does what is due.
func (s *Server) settlePending() {
	var later []pendingWork
	for _, one := range s.pending {
		if len(s.record.calls) < one.due {
			later = append(later, one)
			continue
		}
		one.run()
	}
	s.pending = later
}

// startJob puts work off until the second request from now comes in: done is false so long.
func (s *Server) startJob(w pen, work func()) object {
	id := s.shop.newID("Job")
	held := object{"__typename": "Job", "id": id, "done": false}
	s.shop.operations[id] = held
	s.pending = append(s.pending, pendingWork{due: w.call + 2, run: func() {
		work()
		held["done"] = true
	}})
	return object{"__typename": "Job", "id": id, "done": false}
}

// polled reads a job or an operation by its id. A job that is not known counts as done: old ones are forgotten.
func (s *Server) polled(kind string) func(args map[string]any) (any, error) {
	return func(args map[string]any) (any, error) {
		id := text(args["id"])
		switch o := s.shop.operations[id]; {
		case idType(id) != kind:
			return nil, invalidID(id)
		case o != nil:
			return o, nil
		case kind == "Job":
			return object{"__typename": "Job", "id": id, "done": true}, nil
		}
		return nil, nil
	}
}
