package main

import "testing"

func TestBucketsAreNarrow(t *testing.T) {
	for _, value := range []int64{0, 1, 63, 64, 65, 127, 128, 1000, 123456, 7_000_000_000} {
		low, high := lowerBound(bucket(value)), lowerBound(bucket(value)+1)
		if float64(value) < low || float64(value) >= high || (value > 64 && (high-low)/low > 1.0/60) {
			t.Errorf("%d lies in [%f, %f)", value, low, high)
		}
	}
}

func TestQuantiles(t *testing.T) {
	var h histogram
	for i := int64(1); i <= 1000; i++ {
		h.add(i * 1000)
	}
	for q, expected := range map[float64]float64{0.5: 500_000, 0.99: 990_000, 0.999: 999_000} {
		if found := h.quantile(q); found < expected*0.98 || found > expected*1.02 {
			t.Errorf("quantile %f: %f (expected: %f)", q, found, expected)
		}
	}
}

// Every split of a response gives the same outcome.
func TestAResponseInAnyPieces(t *testing.T) {
	whole := []byte("HTTP/1.1 200 OK\r\na: b\r\n\r\nxxxx")
	for split := 1; split < len(whole); split++ {
		var r reader
		r.expect(4)
		if r.take(whole[:split]) != more {
			t.Fatalf("complete after %d bytes", split)
		}
		if r.take(whole[split:]) != complete {
			t.Errorf("not complete, split at %d", split)
		}
	}
}

func TestWhatIsNot200IsWrong(t *testing.T) {
	var r reader
	r.expect(4)
	if r.take([]byte("HTTP/1.1 404 Not Found\r\n\r\n")) != wrong {
		t.Error("404 was taken")
	}
}
