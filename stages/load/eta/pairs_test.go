package eta

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/etatest"
)

// befalls are what may befall a request (RELIABILITY 5.2, test 4). The hangs last until the client's patience is over:
// before anything was done, and after it was.
var befalls = []string{"reset-before", "reset-after", "half", "garbage", "html", "empty", "status=301", "status=400", "status=401", "status=403", "status=404",
	"status=408", "status=413", "status=422", "status=422,retry-after=30", "status=429", "status=429,retry-after=30", "status=500", "status=503,retry-after=5",
	"hang=1h", "hang-after=1h"}

// few are those of them that differ most in what they leave behind.
var few = []string{"reset-after", "garbage", "status=401", "status=429", "status=422", "status=503,retry-after=5", "hang-after=1h"}

// TestNight_FaultPairs: whatever befalls two requests in a row, each order has one valid receipt in the end: none lost,
// none twice, each chain as it was issued. Both times it is the submission; or a question after its answer was lost; or
// whatever request comes then, such as a submission and the sign-in or the look-up that follows it.
func TestNight_FaultPairs(t *testing.T) {
	t.Parallel()
	for _, on := range []struct {
		endpoint etatest.Endpoint
		at       int // the first of the two requests
		second   []string
	}{
		{etatest.Submit, 1, befalls}, {etatest.Raw, 1, few}, {etatest.Details, 1, few}, {etatest.Token, 1, few}, {etatest.Any, 2, few}, {etatest.Any, 3, few},
	} {
		for _, first := range befalls {
			t.Run(fmt.Sprintf("%s %d %s", on.endpoint, on.at, first), func(t *testing.T) {
				t.Parallel()
				for _, second := range on.second {
					n := newNight(t, etatest.Options{StrictChain: true, ValidationPolls: 1, Duplicates: etatest.DuplicatesForgiving}, func(c *Config) {
						if strings.Contains(first+second, "hang") { // else nothing takes so long, however busy this machine is
							c.Timeout = 250 * time.Millisecond
						}
					})
					if on.endpoint == etatest.Raw { // what leads to look-ups at all
						n.server.Fault(etatest.Submit, 1, etatest.Fault{Answer: etatest.Lost})
					}
					for i, effect := range []string{first, second} {
						plan, err := etatest.ParseFault(fmt.Sprintf("%s:%d:%s", on.endpoint, on.at+i, effect))
						if err != nil {
							t.Fatal(err)
						}
						n.server.Plan(plan)
					}
					n.fill(3)
					n.run(80)
					n.wantAll(pipeline.Delivered)
					if t.Failed() {
						t.Fatalf("then %s: %s", second, strings.Join(n.calls(), " "))
					}
				}
			})
		}
	}
}

// calls are the requests that were made, with what befell them.
func (n *night) calls() []string {
	var out []string
	for _, r := range n.server.Requests() {
		out = append(out, fmt.Sprintf("%s(%s)", r.Endpoint, r.Fault))
	}
	return out
}
