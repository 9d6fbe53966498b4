# metrofeed: GNU make and pkg-config, no configure step.
#
#   make                 the program, build/metrofeed
#   make run             fetch what is missing, build, run (a demonstration
#                        when there is no configuration yet)
#   make check           the tests; check-sanitized and check-valgrind repeat
#                        them under the sanitizers and under valgrind
#   make install         honours DESTDIR and prefix; install-service adds the
#                        unit for systemd, its user and a configuration
#   make deb             a package for Debian, in build/deb
#
# Yours to set: CC CFLAGS CPPFLAGS LDFLAGS DESTDIR prefix, and CONF, LISTEN,
# CORPUS, FUZZ_SECONDS for the targets that use them.

VERSION = 0.1.0

prefix ?= /usr/local
bindir = $(prefix)/bin
mandir = $(prefix)/share/man
docdir = $(prefix)/share/doc/metrofeed
# systemd looks below both /usr and /usr/local for its files.
libdir = $(prefix)/lib
confdir ?= /etc/metrofeed

PKG_CONFIG ?= pkg-config
INSTALL ?= install
CLANG ?= clang
CLANG_FORMAT ?= clang-format
# Debian's feed readers for Python live with Debian's Python.
PYTHON = $(firstword $(wildcard /usr/bin/python3) python3)

CORPUS ?= ../shared/corpus
FUZZ_SECONDS ?= 30
LISTEN ?= 127.0.0.1:8080

# One variant is built per run of make; each has its own folder.  The lock-down
# of the worker forbids system calls that the sanitizers, the fuzzer and
# valgrind need, so these builds leave it out.
hardening = -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 \
	-fPIE
hardening_link = -pie -Wl,-z,relro,-z,now
ifdef SANITIZE
build = build/sanitized
CFLAGS ?= -O1 -g
hardening = -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -fPIE
hardening_link = -fsanitize=address,undefined -pie
defines = -DMETROFEED_NO_LOCKDOWN
else ifdef VALGRIND
build = build/valgrind
CFLAGS ?= -O1 -g
defines = -DMETROFEED_NO_LOCKDOWN
else ifdef FUZZ
build = build/fuzz
CC = $(CLANG)
CFLAGS ?= -O1 -g
hardening = -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
hardening_link = -fsanitize=fuzzer,address,undefined
defines = -DMETROFEED_NO_LOCKDOWN
else ifdef STRICT
build = build/strict
CFLAGS ?= -O2 -g
strict = -Werror
else
build = build
CFLAGS ?= -O2 -g
endif

warnings = -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla $(strict)

# Asked of pkg-config when the first recipe needs it and not before: on a bare
# system the packages arrive in the same run of make.
packages = libcurl libxml-2.0 libevent_core libevent_extra gumbo expat \
	yaml-0.1 sqlite3 libpcre2-8 jansson
package_cflags = $(eval package_cflags := \
	$$(shell $$(PKG_CONFIG) --cflags $$(packages)))$(package_cflags)
package_libs = $(eval package_libs := \
	$$(shell $$(PKG_CONFIG) --libs $$(packages)))$(package_libs)

compile = $(CC) -std=c11 -D_GNU_SOURCE -DMETROFEED_VERSION='"$(VERSION)"' \
	$(defines) -I. $(warnings) $(hardening) $(package_cflags) \
	$(CPPFLAGS) $(CFLAGS) -MMD -MP -c
link = $(CC) $(CFLAGS) $(hardening) $(hardening_link) $(LDFLAGS)

feed_sources = $(wildcard feed/*.c)
config_sources = $(wildcard config/*.c)
daemon_sources = $(filter-out daemon/main.c,$(wildcard daemon/*.c))
newsroom_sources = $(wildcard tests/newsroom*.c)
test_sources = $(wildcard tests/test_*.c)
tool_sources = $(filter-out tests/heal_tool.c,$(wildcard tests/*_tool.c))
fuzz_sources = $(wildcard tests/fuzz/fuzz_*.c)
shim_sources = $(wildcard tests/crash/*.c)
simulate_sources = $(wildcard tests/simulate/*.c)
crash_loops = $(patsubst %,tests/crash/%.py,kill errors torture)

objects = $(patsubst %.c,$(build)/%.o,$(1))

program = $(build)/metrofeed
newsroom = $(if $(newsroom_sources),$(build)/tests/newsroom)
tests = $(patsubst %.c,$(build)/%,$(test_sources))
tools = $(patsubst %.c,$(build)/%,$(tool_sources))
heal_sources = tests/heal_tool.c tests/mutator.c
heal = $(build)/tests/heal_tool
fuzzers = $(patsubst tests/fuzz/%.c,$(build)/%,$(fuzz_sources))
# Preloaded into the program as it is; a sanitized one would not have them.
ifeq ($(build),build)
shims = $(patsubst %.c,$(build)/%.so,$(shim_sources))
endif
# On virtual time; there the objects of tests/simulate stand in for libevent and
# the network, and twins before single functions.
simulations = $(build)/simulate/year $(build)/simulate/month
simulate_parts = $(patsubst %,tests/simulate/%.c,beat hands ledger loop \
	outside press course)
month_wraps = update_unchanged store_idle
year_wraps = queue_hold rhythm_wait clock_follow clock_monotonic_ms
# In the order in which the linker must see them.
archives = $(build)/daemon.a $(build)/config.a $(build)/feed.a

manuals = $(wildcard daemon/*.8 config/*.5)
# What looks at the program as it was built, in every variant; and what looks
# at the sources or at the tests' own tools, once.  Under valgrind the unit
# tests and one whole `once`: the program's deadlines are real time.
scripts = $(if $(VALGRIND),tests/leaks.py,$(wildcard tests/system/*.py \
	tests/system/*.sh) $(patsubst %,"% --short",$(simulations)))
ifeq ($(build),build)
scripts += $(wildcard tests/layers.sh tests/test_*.sh tests/test_*.py) \
	$(patsubst %,"% --self-test",$(wildcard tests/feeds.py)) \
	$(patsubst %,"% --short",$(crash_loops) tests/readers/over_time.py \
	tests/heal.py tests/another_year.py)
endif

jobs = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 2))
again = +$(MAKE) --no-print-directory $(jobs)

all: $(program)

build-tests: all $(newsroom) $(tools) $(heal) $(tests) $(shims) \
	$(simulations)

$(program): $(call objects,daemon/main.c) $(archives)
	$(link) -o $@ $^ $(package_libs) $(LDLIBS)

# Little of ours in it: a judge should not lean on whom it judges.
$(newsroom): $(call objects,$(newsroom_sources) feed/buffer.c feed/memory.c)
	$(link) -o $@ $^ $(package_libs) $(LDLIBS)

$(tests): $(build)/tests/%: $(build)/tests/%.o $(archives)
	$(link) -o $@ $^ -lcmocka $(package_libs) $(LDLIBS)

$(tools): $(build)/tests/%: $(build)/tests/%.o $(archives)
	$(link) -o $@ $^ $(package_libs) $(LDLIBS)

$(heal): $(call objects,$(heal_sources)) $(build)/feed.a
	$(link) -o $@ $^ $(package_libs) $(LDLIBS)

$(build)/simulate/month: $(call objects,tests/simulate/month.c \
		$(simulate_parts) tests/newsroom_words.c \
		tests/newsroom_paper.c tests/newsroom_pages.c) $(archives)
	@mkdir -p $(@D)
	$(link) $(month_wraps:%=-Wl,--wrap=%) -o $@ $^ -lm $(package_libs) \
	    $(LDLIBS)

$(build)/simulate/year: $(call objects,tests/simulate/year.c \
		tests/simulate/memory.c tests/simulate/nothing.c \
		$(simulate_parts) \
		tests/newsroom_words.c) $(archives)
	@mkdir -p $(@D)
	$(link) $(year_wraps:%=-Wl,--wrap=%) -o $@ $^ -lm $(package_libs) \
	    $(LDLIBS)

$(fuzzers): $(build)/%: $(build)/tests/fuzz/%.o $(archives)
	$(link) -o $@ $^ $(package_libs) $(LDLIBS)

$(shims): $(build)/%.so: %.c Makefile
	@mkdir -p $(@D)
	$(CC) -std=c11 -D_GNU_SOURCE $(warnings) $(package_cflags) $(CPPFLAGS) \
	    $(CFLAGS) -fPIC -shared -o $@ $< -Wl,--as-needed $(package_libs)

$(build)/feed.a: $(call objects,$(feed_sources))
$(build)/config.a: $(call objects,$(config_sources))
$(build)/daemon.a: $(call objects,$(daemon_sources))

$(archives):
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcs $@ $^

# No clock is right that says a moment before this: of the newest commit, or of
# this file in a tree without git.  Equal sources give equal programs.
built = $(eval built := $$(or $$(SOURCE_DATE_EPOCH),$$(shell git log -1 \
	--format=%ct 2>/dev/null || date -r Makefile +%s)))$(built)
$(build)/daemon/clock.o: defines += -DMETROFEED_BUILT=$(built)

$(build)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(compile) -o $@ $<

# The objects stay, so that the next make has less to do.
.SECONDARY:

-include $(patsubst %.o,%.d,$(call objects,daemon/main.c $(feed_sources) \
	$(config_sources) $(daemon_sources) $(newsroom_sources) \
	$(test_sources) $(tool_sources) $(heal_sources) $(fuzz_sources) \
	$(simulate_sources)))

# --- packages ---------------------------------------------------------------

deps:
	@sh tests/deps.sh build

deps-check: deps
	@sh tests/deps.sh check

deps-lint: deps
	@sh tests/deps.sh lint

deps-deb: deps
	@sh tests/deps.sh deb

deps-bench: deps
	@sh tests/deps.sh bench

deps-peers: deps
	@sh tests/deps.sh peers

deps-readers: deps
	@sh tests/deps.sh readers

deps-crash: deps
	@sh tests/deps.sh crash

# --- running ----------------------------------------------------------------

# A configuration given, else the one lying here, else the demonstration.
CONF ?= $(wildcard metrofeed.conf)

run: deps
	$(again) all $(if $(CONF),,$(newsroom))
	+@$(if $(CONF),exec $(program) run -c $(CONF) $(if $(filter \
	    command environment,$(origin LISTEN)),--listen $(LISTEN)),\
	    exec bash tests/demo.sh $(build) $(LISTEN))

demo: deps
	$(again) all $(newsroom)
	@exec bash tests/demo.sh $(build) $(LISTEN)

# --- tests ------------------------------------------------------------------

check: deps deps-check
	$(again) build-tests
	@$(MAKE) --no-print-directory run-tests

check-sanitized: deps deps-check
	$(again) SANITIZE=1 build-tests
	@$(MAKE) --no-print-directory SANITIZE=1 run-tests

check-valgrind: deps deps-check deps-bench
	$(again) VALGRIND=1 build-tests
	@RUN_UNDER="valgrind -q --error-exitcode=99 --leak-check=full \
	    --errors-for-leak-kinds=definite \
	    --suppressions=tests/valgrind.supp" \
	    $(MAKE) --no-print-directory VALGRIND=1 run-tests

# Everything is built; CORPUS is told only when it is there, and then as a
# whole path, because some tests change folder.
run-tests:
	@CORPUS="$(realpath $(CORPUS))" METROFEED="$(abspath $(program))" \
	    NEWSROOM="$(abspath $(build)/tests/newsroom)" \
	    BUILD="$(abspath $(build))" PYTHON="$(PYTHON)" MANUALS="$(manuals)" \
	    bash tests/run.sh $(tests) $(scripts)

# Every point of a round, not only those that `make check` picks; and power
# cuts, which want root and loop devices.
check-crash: deps deps-check deps-crash
	$(again) build-tests
	@failed=0; for loop in $(crash_loops) tests/crash/power.py \
	    "tests/system/disk.py --all"; do \
		METROFEED="$(abspath $(program))" BUILD="$(abspath $(build))" \
		    $(PYTHON) $$loop || [ $$? = 77 ] || failed=1; \
	done; exit $$failed

# A virtual year of 200 sections, whose figures README has; `make check` takes
# two months of fewer.
simulate: deps deps-check
	$(again) $(simulations)
	@failed=0; for simulation in $(simulations); do \
		$$simulation || failed=1; \
	done; exit $$failed

# With the corpus's selectors; check-corpus-inferred by each page's url alone;
# check-corpus-learned by what `metrofeed learn` prints for each page.
check-corpus: deps deps-check
	$(again) all
	@$(PYTHON) tests/corpus.py $(program) $(CORPUS)

check-corpus-inferred: deps deps-check
	$(again) all
	@$(PYTHON) tests/corpus.py --no-rules --worst 8 $(program) $(CORPUS)

check-corpus-learned: deps deps-check
	$(again) all
	@$(PYTHON) tests/corpus_learned.py $(program) $(CORPUS)

# Listings of many content systems, more of each than `make check` draws.
check-listings: deps deps-check
	$(again) all
	@$(PYTHON) tests/test_listings.py --count 12 $(program)

# What is left of drift and heal in `make check`: 10,000 rounds of each kind of
# healthy section, six redesigns of each page at each level, and what sites
# really showed in other years.
check-heal: deps deps-check
	$(again) build-tests
	ALARM_ROUNDS=10000 $(build)/tests/test_alarms
	@CORPUS="$(realpath $(CORPUS))" BUILD="$(abspath $(build))" \
	    NEWSROOM="$(abspath $(newsroom))" $(PYTHON) tests/heal.py
	@CORPUS="$(realpath $(CORPUS))" BUILD="$(abspath $(build))" \
	    $(PYTHON) tests/another_year.py

check-fresh:
	bash tests/fresh.sh

# Feed readers that poll for years, of three feeds; and the feeds by parsers
# from npm (fetched into build/; skipped aloud without).
check-readers: deps deps-check deps-readers
	$(again) all $(newsroom)
	@failed=0; for judge in "over_time.py" "check.py $(build)/readers"; do \
		METROFEED="$(abspath $(program))" \
		    NEWSROOM="$(abspath $(build)/tests/newsroom)" \
		    BUILD="$(abspath $(build))" \
		    $(PYTHON) tests/readers/$$judge || failed=1; \
	done; exit $$failed

# index.html in a browser, steered and judged by packages from npm (fetched into
# build/; skipped aloud without); pictures of it in build/page/shots.
check-page: deps deps-check deps-page
	$(again) all $(newsroom)
	@METROFEED="$(abspath $(program))" \
	    NEWSROOM="$(abspath $(build)/tests/newsroom)" \
	    $(PYTHON) tests/page/check.py $(build)/page

# Beside nginx, nghttpd and HTTP/2 that misbehaves by python3-h2.
check-peers: deps deps-peers
	$(again) all
	@METROFEED="$(abspath $(program))" $(PYTHON) tests/peers/check.py

# Every selector of the corpus and of tests/browser/selectors.txt, and every
# charset, here and in chromium (Debian's; skipped aloud without it).
check-browser: deps deps-check
	$(again) $(build)/browser/nodes $(build)/browser/decode
	@$(PYTHON) tests/browser/charsets.py $(build)/browser/decode
	@$(PYTHON) tests/browser/check.py $(build)/browser/nodes $(realpath \
	    $(CORPUS))

$(build)/browser/nodes $(build)/browser/decode: $(build)/browser/%: \
		$(build)/tests/browser/%.o $(build)/feed.a
	@mkdir -p $(@D)
	$(link) -o $@ $^ $(package_libs) $(LDLIBS)

fuzz: deps deps-lint
	$(again) FUZZ=1 build-fuzzers
	@$(MAKE) --no-print-directory FUZZ=1 run-fuzzers

build-fuzzers: $(fuzzers)

# What the fuzzer finds worth keeping goes under build/, seeds are read only.
# A sanitizer's report is shown; the rest of the talk stays in the log.
run-fuzzers:
	@failed=0; for fuzzer in $(fuzzers); do \
		name=$${fuzzer##*/fuzz_}; log=$(build)/$$name.log; \
		mkdir -p $(build)/corpus/$$name; \
		if $$fuzzer -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
		    -rss_limit_mb=1024 -print_final_stats=1 -verbosity=0 \
		    -artifact_prefix=$(build)/$$name- \
		    $(build)/corpus/$$name \
		    $$(ls -d tests/fuzz/corpus/$$name 2>/dev/null) \
		    >$$log 2>&1; then \
			echo "ok - fuzz $$name: $$(sed -n \
			    's/.*executed_units: *//p' $$log) inputs"; \
		else \
			failed=1; echo "not ok - fuzz $$name"; \
			tail -n 60 $$log; \
		fi; \
	done; exit $$failed

# SECTIONS=10000 make bench for more of them, SECTIONS="100 1000 10000" for how
# each round grows.  What people use instead is measured where it is installed
# (python3-lxml; npm's cheerio and feed in NODE_PATH; php-cli and rss-bridge);
# PEERS=no leaves it out.
bench: deps deps-bench
	$(again) all $(build)/bench/floor $(build)/bench/extract
	@$(build)/bench/extract
	@METROFEED="$(abspath $(program))" FLOOR="$(abspath \
	    $(build)/bench/floor)" $(PYTHON) tests/bench/rounds.py

$(build)/bench/extract: $(build)/feed.a
$(build)/bench/floor $(build)/bench/extract: $(build)/bench/%: \
		$(build)/tests/bench/%.o
	@mkdir -p $(@D)
	$(link) -o $@ $^ $(package_libs) $(LDLIBS)

# --- care -------------------------------------------------------------------

c_files = $(wildcard feed/*.[ch] config/*.[ch] daemon/*.[ch] tests/*.[ch] \
	tests/fuzz/*.c tests/bench/*.c tests/crash/*.c tests/simulate/*.[ch])

format:
	$(CLANG_FORMAT) -i $(filter %.c,$(c_files))

# Two compilers without a warning, the layout, and cppcheck.  What cppcheck
# says of uninitialised values the compilers say better, and its complaint
# about the order of arguments does not understand prototypes without names.
hash = \#
queue_h = $(shell echo '$(hash)include <sys/queue.h>' | $(CC) -E -M -x c - | \
	tr ' ' '\n' | grep 'sys/queue.h$$')
lint: deps deps-check deps-lint
	$(again) STRICT=1 build-tests
	@echo "clang: no warnings"
	@$(CLANG) -fsyntax-only -std=c11 -D_GNU_SOURCE -I. $(warnings) \
	    -Werror $(package_cflags) $(filter %.c,$(c_files))
	@echo "clang-format: the layout"
	@$(CLANG_FORMAT) --dry-run -Werror $(filter %.c,$(c_files))
	cppcheck --std=c11 --quiet --error-exitcode=1 --inline-suppr \
	    --enable=warning,portability --suppress=missingIncludeSystem \
	    --suppress=uninitvar --suppress=funcArgOrderDifferent \
	    -D_GNU_SOURCE $(queue_h:%=--include=%) -I. \
	    feed config daemon $(newsroom_sources)

install: all
	$(INSTALL) -d $(DESTDIR)$(bindir) $(DESTDIR)$(docdir) \
	    $(DESTDIR)$(mandir)/man5 $(DESTDIR)$(mandir)/man8
	$(INSTALL) -m 755 $(program) $(DESTDIR)$(bindir)/metrofeed
	$(INSTALL) -m 644 daemon/metrofeed.8 $(DESTDIR)$(mandir)/man8
	$(INSTALL) -m 644 config/metrofeed.conf.5 $(DESTDIR)$(mandir)/man5
	$(INSTALL) -m 644 metrofeed.conf.example README.md LICENSE \
	    $(DESTDIR)$(docdir)

# Its own user, its own folders; a configuration that is there stays.
service = sed -e 's|@bindir@|$(bindir)|' -e 's|@confdir@|$(confdir)|'
install-service: install
	$(INSTALL) -d $(DESTDIR)$(libdir)/systemd/system \
	    $(DESTDIR)$(libdir)/sysusers.d $(DESTDIR)$(libdir)/tmpfiles.d \
	    $(DESTDIR)$(confdir)
	$(service) daemon/package/metrofeed.service \
	    >$(DESTDIR)$(libdir)/systemd/system/metrofeed.service
	$(INSTALL) -m 644 daemon/package/metrofeed.sysusers \
	    $(DESTDIR)$(libdir)/sysusers.d/metrofeed.conf
	$(INSTALL) -m 644 daemon/package/metrofeed.tmpfiles \
	    $(DESTDIR)$(libdir)/tmpfiles.d/metrofeed.conf
	[ -e $(DESTDIR)$(confdir)/metrofeed.conf ] || \
	    $(MAKE) -s --no-print-directory service-conf >$(DESTDIR)$(confdir)/metrofeed.conf
	@echo "metrofeed asks nobody for a page yet. Look at" \
	    "$(confdir)/metrofeed.conf, then:"
	@echo "    systemd-sysusers && systemd-tmpfiles --create"
	@echo "    systemctl daemon-reload && systemctl enable --now metrofeed"

# The example with the folders of the service.
service-conf:
	@sed -e 's|^#output: [^ ]* *|output: /var/lib/metrofeed/feeds        |' \
	    -e 's|^#state: |state: |' metrofeed.conf.example

uninstall:
	rm -f $(DESTDIR)$(bindir)/metrofeed \
	    $(DESTDIR)$(mandir)/man8/metrofeed.8 \
	    $(DESTDIR)$(mandir)/man5/metrofeed.conf.5 \
	    $(DESTDIR)$(libdir)/systemd/system/metrofeed.service \
	    $(DESTDIR)$(libdir)/sysusers.d/metrofeed.conf \
	    $(DESTDIR)$(libdir)/tmpfiles.d/metrofeed.conf
	rm -rf $(DESTDIR)$(docdir)

# A source tree of its own, so that what lies about here takes no part.
deb_tree = build/deb/metrofeed-$(VERSION)
deb: deps deps-deb
	rm -rf build/deb
	mkdir -p $(deb_tree)
	cp -r Makefile README.md LICENSE metrofeed.conf.example \
	    $(deb_tree)
	cp -r daemon/package/debian $(deb_tree)
	for folder in feed config daemon; do \
		mkdir $(deb_tree)/$$folder; \
		cp $$folder/*.[ch58] $(deb_tree)/$$folder; \
	done
	sed -i -e 's|@VERSION@|$(VERSION)|' -e "s|@DATE@|$$(date -R)|" \
	    $(deb_tree)/debian/changelog
	$(MAKE) -s --no-print-directory service prefix=/usr >$(deb_tree)/debian/metrofeed.service
	cp daemon/package/metrofeed.sysusers daemon/package/metrofeed.tmpfiles \
	    $(deb_tree)/debian
	cd $(deb_tree) && MAKEFLAGS= dpkg-buildpackage -b -us -uc
	lintian --fail-on error,warning build/deb/*.changes
	@echo; ls build/deb/*.deb

# The snippets of config/web in the servers that they are for, and the numbers
# under the eyes of Prometheus' own judge.
check-web: deps deps-check
	$(again) build-tests
	@sh tests/deps.sh web
	@$(MAKE) --no-print-directory run-tests tests= \
	    scripts="tests/system/web_servers.py tests/system/metrics.py"

# The package in a system of its own that is booted: root, and some minutes.
check-package: deps deps-check deps-deb
	$(again) build-tests
	@sh tests/deps.sh package
	@$(PYTHON) tests/package/package.py

service:
	@$(service) daemon/package/metrofeed.service

clean:
	rm -rf build

.PHONY: all \
	bench \
	build-fuzzers \
	build-tests \
	check \
	check-heal \
	check-browser \
	check-corpus \
	check-corpus-inferred \
	check-corpus-learned \
	check-crash \
	check-fresh \
	check-listings \
	check-package \
	check-page \
	check-peers \
	check-readers \
	check-sanitized \
	check-valgrind \
	check-web \
	clean \
	deb \
	demo \
	deps \
	deps-bench \
	deps-check \
	deps-crash \
	deps-deb \
	deps-lint \
	deps-page \
	deps-peers \
	deps-readers \
	format \
	fuzz \
	install \
	install-service \
	lint \
	run \
	run-fuzzers \
	run-tests \
	simulate \
	service \
	service-conf \
	uninstall
