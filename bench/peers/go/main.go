// A server of Go's net/http with the graceful Shutdown of its documentation.
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

var large = make([]byte, 20_000_000)

func answerAfter(work time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(work)
		io.WriteString(w, "ok\n")
	}
}

func compute(w http.ResponseWriter, r *http.Request) {
	for end := time.Now().Add(2 * time.Millisecond); time.Now().Before(end); {
	}
	io.WriteString(w, "ok\n")
}

func main() {
	http.HandleFunc("/fast", answerAfter(0))
	http.HandleFunc("/compute", compute)
	http.HandleFunc("/", answerAfter(2*time.Millisecond))
	http.HandleFunc("/slow", answerAfter(500*time.Millisecond))
	http.HandleFunc("/large", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(large)))
		w.Write(large)
	})
	http.HandleFunc("/upload", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "ok\n")
	})

	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT")}
	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			log.Fatal(err)
		}
	}()
	<-stopped.Done()
	limit, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		log.Fatal(err)
	}
}
