# The targets a newcomer needs; every step is a line or a script beside what it serves.
CONFIGURATION ?= Release
BUILD := dotnet build -c $(CONFIGURATION) --nologo -v quiet -clp:NoSummary

.PHONY: build run demo test bench format clean schemas-check evolve-demo packages test-packages native all-projects

build: packages native
	@$(BUILD) host/Streaming.Host
	@eng/launcher host/Streaming.Host/bin/$(CONFIGURATION)/net10.0/streaming.dll > streaming && chmod +x streaming

run: build
	@exec ./streaming run

# Beside a running pipeline (make run in another terminal).
demo: build
	./streaming generate --seed 42 --orders 2000 --start 2026-01-01

test: test-packages build all-projects
	@eng/test $(CONFIGURATION)

schemas-check: build
	./streaming schemas test-local-compatibility

evolve-demo: build
	./streaming schemas evolve-demo

bench: build
	@eng/bench $(CONFIGURATION)

format:
	dotnet format Streaming.sln

clean:
	rm -rf streaming */*/bin */*/obj */bin */obj

all-projects: native
	@$(BUILD) Streaming.sln

packages:
	@eng/debian-packages libssl-dev zlib1g-dev libzstd-dev

test-packages:
	@eng/debian-packages libssl-dev zlib1g-dev libzstd-dev librocksdb7.8 kcat prometheus docker-compose

native:
	@$(MAKE) --no-print-directory -C native
