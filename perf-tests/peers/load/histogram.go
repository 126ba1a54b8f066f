package main

import "math/bits"

// histogram keeps durations in nanoseconds to within 1.6 %: 64 steps for each power of two.
type histogram struct {
	counts [64 * 64]int64
	total  int64
}

func (h *histogram) add(value int64) {
	h.counts[bucket(value)]++
	h.total++
}

func bucket(value int64) int {
	if value < 64 {
		if value < 0 {
			value = 0
		}
		return int(value)
	}
	shift := bits.Len64(uint64(value)) - 7
	return (shift+1)*64 + int(value>>shift) - 64
}

func lowerBound(bucket int) float64 {
	if bucket < 64 {
		return float64(bucket)
	}
	shift := bucket/64 - 1
	return float64(int64(bucket%64+64) << shift)
}

// quantile is the middle of the bucket in which it lies; 0 when nothing was added.
func (h *histogram) quantile(q float64) float64 {
	if h.total == 0 {
		return 0
	}
	rank := int64(q * float64(h.total))
	if rank >= h.total {
		rank = h.total - 1
	}
	for i, count := range h.counts {
		rank -= count
		if rank < 0 {
			return (lowerBound(i) + lowerBound(i+1)) / 2
		}
	}
	return 0
}
