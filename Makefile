# The targets a newcomer needs; every step is a line or a script beside what it serves.
CONFIGURATION ?= Release
BUILD := dotnet msbuild -restore -p:Configuration=$(CONFIGURATION) -nologo -v:quiet -clp:NoSummary

.PHONY: build run demo test bench format clean schemas-check evolve-demo conformance chaos packages test-packages native all-projects

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

# librdkafka's own integration tests and Java Kafka Streams against the embedded broker: about ten minutes.
conformance: test-packages all-projects
	STREAMING_CONFORMANCE=full dotnet test tests/Streaming.Broker.Tests -c $(CONFIGURATION) --no-build --nologo --filter FullyQualifiedName~Conformance

# The broker killed hundreds of times under load, fed damaged frames and kept busy; then the engine's instances killed,
# stopped and started for minutes, with stores in memory and on disk. About half an hour.
CHAOS = dotnet run -c $(CONFIGURATION) --no-build --project bench/streams -- chaos broker=embedded dsl=true
chaos: test-packages all-projects
	STREAMING_CRASHES=60 STREAMING_FUZZ=120 dotnet test tests/Streaming.Broker.Tests -c $(CONFIGURATION) --no-build --nologo --filter 'FullyQualifiedName~CrashTests|FullyQualifiedName~FuzzTests'
	dotnet run -c $(CONFIGURATION) --no-build --project bench/broker -- soak --seconds 600
	$(CHAOS) seconds=300
	$(CHAOS) seconds=300 store=rocksdb standbys=1

bench: build
	@eng/bench $(CONFIGURATION)

format:
	dotnet format Streaming.sln

clean:
	rm -rf streaming TestResults */*/bin */*/obj */bin */obj

all-projects: native
	@$(BUILD) Streaming.sln

packages:
	@eng/debian-packages libssl-dev zlib1g-dev libzstd-dev

test-packages:
	@eng/debian-packages libssl-dev zlib1g-dev libzstd-dev librocksdb7.8 kcat prometheus docker-compose python3-avro

native:
	@$(MAKE) --no-print-directory -C native
