// Package sinktest is what every sink passes: delivered once, asked before it
// is sent, a reply lost, a document refused, not now, cancelled, odd letters. It
// knows sinks only as pipeline does. A way in which some sink was wrong is added
// here, not to that sink's own tests.
//
// A sink joins with one test:
//
//	func TestSink(t *testing.T) {
//		sinktest.Run(t, func(t *testing.T) sinktest.World {
//			server := standin.New(t)
//			sink := mysink.New(server.URL)
//			return sinktest.World{
//				Sink:    sink,
//				Docs:    func(texts []string) []pipeline.Document { ... },
//				Effects: server.Received, // one entry each time something arrived
//				Lose:    func() { server.Fault("drop-after", 1) },
//				Refuse:  func() { server.Fault("refuse", 1) },
//				Full:    func() { server.Fault("429", 1000) },
//				Mend:    server.Mend,
//			}
//		})
//	}
//
// A kind of a sink that plans (pipeline.Planner) joins with a second one, which gives
// wishes as its Build makes them instead of documents that can be sent:
//
//	func TestPlanner(t *testing.T) {
//		sinktest.RunPlanner(t, func(t *testing.T) sinktest.PlanWorld { ... })
//	}
//
// # Why
//
// Moods are functions of the world and not a list of faults: what "the reply is
// lost" means is the stand-in's business. There are no clocks in it: a sink that
// answers Accepted is asked again at once.
package sinktest
