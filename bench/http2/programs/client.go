// `go run client.go PORT CLIENTS LANES PAUSE_MS`: net/http in several loops, each until nobody listens any more.
package main

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"math/rand"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	var numbers [4]int
	for i := range numbers {
		numbers[i], _ = strconv.Atoi(os.Args[i+1])
	}
	url := "https://127.0.0.1:" + os.Args[1] + "/"
	answered, failed := 0, map[string]int{}
	var lock sync.Mutex
	var loops sync.WaitGroup
	loop := func(client *http.Client) {
		defer loops.Done()
		for {
			text := []byte{}
			response, err := client.Get(url)
			if err == nil {
				text, err = io.ReadAll(response.Body)
				response.Body.Close()
			}
			lock.Lock()
			isGone := err != nil && strings.Contains(err.Error(), "connection refused")
			switch {
			case isGone:
			case err != nil:
				failed[err.Error()[strings.LastIndex(err.Error(), ": ")+1:]]++
			case string(text) == "ok":
				answered++
			}
			lock.Unlock()
			if isGone {
				return
			}
			time.Sleep(time.Duration(rand.Float64() * 2 * float64(numbers[3]) * float64(time.Millisecond)))
		}
	}
	for i := 0; i < numbers[1]; i++ {
		transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
		for lane := 0; lane < numbers[2]; lane++ {
			loops.Add(1)
			go loop(&http.Client{Transport: transport})
		}
	}
	loops.Wait()
	json.NewEncoder(os.Stdout).Encode(map[string]any{"answered": answered, "refused": 0, "failed": failed})
}
