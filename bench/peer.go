// Go's own WaitGroup, for the rows of this folder. Answers each line of its
// input, such as "pair alone 100000", by one line of times in nanoseconds.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Each has its cache lines to itself.
type padded struct {
	sync.WaitGroup
	_ [128 - 16]byte
}

var sink *sync.WaitGroup

func nanoseconds(start time.Time) float64 {
	return float64(time.Since(start).Nanoseconds())
}

func perCall(start time.Time, calls int) []float64 {
	return []float64{nanoseconds(start) / float64(calls)}
}

func pairs(group *sync.WaitGroup, count int) {
	for i := 0; i < count; i++ {
		group.Add(1)
		group.Done()
	}
}

// done times Done() alone.
func done(count int) []float64 {
	group := new(sync.WaitGroup)
	group.Add(count)
	start := time.Now()
	for i := 0; i < count; i++ {
		group.Done()
	}
	return perCall(start, count)
}

// pair times Add(1) and Done() in one goroutine or two.
func pair(layout string, count int) []float64 {
	neighbours := make([]sync.WaitGroup, 2)
	apart := make([]padded, 2)
	second := map[string]*sync.WaitGroup{
		"shared":     &apart[0].WaitGroup,
		"neighbours": &neighbours[1],
		"apart":      &apart[1].WaitGroup,
	}[layout]
	first := &apart[0].WaitGroup
	if layout == "neighbours" {
		first = &neighbours[0]
	}
	var ended sync.WaitGroup
	start := time.Now()
	if second != nil {
		ended.Add(1)
		go func() {
			pairs(second, count)
			ended.Done()
		}()
	}
	pairs(first, count)
	ended.Wait()
	return perCall(start, count)
}

func wait(count int) []float64 {
	var group sync.WaitGroup
	start := time.Now()
	for i := 0; i < count; i++ {
		group.Wait()
	}
	return perCall(start, count)
}

func create(count int) []float64 {
	start := time.Now()
	for i := 0; i < count; i++ {
		sink = new(sync.WaitGroup)
	}
	return perCall(start, count)
}

// roundTrip is the same as call() and answer() in loops.mjs.
func roundTrip(trips int) []float64 {
	groups := make([]padded, 2)
	ping, pong := &groups[0], &groups[1]
	ping.Add(1)
	pong.Add(1)
	go func() {
		for i := 0; i < trips; i++ {
			ping.Wait()
			ping.Add(1)
			pong.Done()
		}
	}()
	times := make([]float64, trips)
	last := time.Now()
	for i := range times {
		ping.Done()
		pong.Wait()
		pong.Add(1)
		now := time.Now()
		times[i] = float64(now.Sub(last).Nanoseconds())
		last = now
	}
	return times
}

// forkJoin is the same as forkJoin() and work() in loops.mjs.
func forkJoin(tasks, microseconds, repeats, threads int) []float64 {
	groups := make([]padded, threads+1)
	joined, gates := &groups[0], groups[1:]
	if tasks < threads {
		gates = gates[:tasks]
	}
	for i := range gates {
		gate := &gates[i]
		share := (tasks + threads - 1 - i) / threads
		gate.Add(1)
		go func() {
			for repeat := 0; repeat < repeats; repeat++ {
				gate.Wait()
				gate.Add(1)
				for task := 0; task < share; task++ {
					if microseconds > 0 {
						end := time.Duration(microseconds) * time.Microsecond
						for start := time.Now(); time.Since(start) < end; {
						}
					}
					joined.Done()
				}
			}
		}()
	}
	times := make([]float64, repeats)
	for i := range times {
		start := time.Now()
		joined.Add(tasks)
		for j := range gates {
			gates[j].Done()
		}
		joined.Wait()
		times[i] = nanoseconds(start)
	}
	return times
}

// wake times Done() until the last of many goroutines has returned from Wait().
func wake(goroutines, wakes int) []float64 {
	times := make([]float64, wakes)
	for i := range times {
		var group, ready, returned sync.WaitGroup
		last := make([]float64, goroutines)
		var start time.Time
		group.Add(1)
		ready.Add(goroutines)
		returned.Add(goroutines)
		for j := range last {
			go func(j int) {
				ready.Done()
				group.Wait()
				last[j] = nanoseconds(start)
				returned.Done()
			}(j)
		}
		ready.Wait()
		time.Sleep(3 * time.Millisecond)
		start = time.Now()
		group.Done()
		returned.Wait()
		for _, each := range last {
			if each > times[i] {
				times[i] = each
			}
		}
	}
	return times
}

func answer(words []string) []float64 {
	var numbers []int
	for _, word := range words {
		if number, err := strconv.Atoi(word); err == nil {
			numbers = append(numbers, number)
		}
	}
	switch words[0] {
	case "pair":
		return pair(words[1], numbers[0])
	case "done":
		return done(numbers[0])
	case "wait":
		return wait(numbers[0])
	case "create":
		return create(numbers[0])
	case "round-trip":
		return roundTrip(numbers[0])
	case "fork-join":
		return forkJoin(numbers[0], numbers[1], numbers[2], numbers[3])
	case "wake":
		return wake(numbers[0], numbers[1])
	}
	panic("unknown command: " + words[0])
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		times := answer(strings.Fields(lines.Text()))
		texts := make([]string, len(times))
		for i, each := range times {
			texts[i] = strconv.FormatFloat(each, 'f', 3, 64)
		}
		fmt.Println(strings.Join(texts, " "))
	}
}
