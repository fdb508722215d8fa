package dev.weir.admin.http;

import dev.weir.core.control.ProductVersion;
import dev.weir.core.control.SettingView;
import dev.weir.core.metrics.PoolHistograms.PinTimes;
import dev.weir.core.metrics.PoolHistograms.PoolTimes;
import dev.weir.core.metrics.PoolMetrics;
import dev.weir.core.metrics.TimeHistogram;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Turns the facts of the moment into metrics, at scrape time. */
final class MetricsCollector implements MultiCollector {
  /** Bounds of histogram buckets are powers of two of a microsecond: 64 µs to 33.6 s. */
  static final int FIRST_POWER = 6;
  static final int LAST_POWER = 25;
  private static final double MICROS_PER_SECOND = 1e6;
  private static final double[] BOUNDS = IntStream.rangeClosed(FIRST_POWER, LAST_POWER + 1)
      .mapToDouble(power -> power > LAST_POWER
          ? Double.POSITIVE_INFINITY
          : (1L << power) / MICROS_PER_SECOND)
      .toArray();

  private final Supplier<Optional<ScrapeFacts>> facts;
  private final MetricsLimits limits;

  /** @param facts empty when they cannot be read */
  MetricsCollector(Supplier<Optional<ScrapeFacts>> facts, MetricsLimits limits) {
    this.facts = facts;
    this.limits = limits;
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder page = MetricSnapshots.builder();
    Optional<ScrapeFacts> now = facts.get();
    page.metricSnapshot(
        GaugeSnapshot.builder().name(MetricCatalogue.UP).help(MetricCatalogue.UP_HELP)
            .dataPoint(GaugeDataPointSnapshot.builder().value(now.isPresent() ? 1 : 0).build())
            .build());
    page.metricSnapshot(
        InfoSnapshot.builder().name(MetricCatalogue.VERSION).help(MetricCatalogue.VERSION_HELP)
            .dataPoint(InfoDataPointSnapshot.builder()
                .labels(Labels.of("version", ProductVersion.FULL)).build())
            .build());
    now.ifPresent(read -> add(page, read));
    return page.build();
  }

  private void add(MetricSnapshots.Builder page, ScrapeFacts read) {
    MetricCatalogue.STATE.collect(List.of(read), page);
    MetricCatalogue.LISTS.collect(List.of(read.lists()), page);
    MetricCatalogue.CONFIG.collect(List.of(numbers(read.settings())), page);
    MetricCatalogue.POOLS.collect(first(read.pools(), limits.pools()), page);
    MetricCatalogue.DATABASES.collect(first(read.databases(), limits.databases()), page);
    MetricCatalogue.TRAFFIC.collect(first(read.traffic(), limits.databases()), page);
    addHistograms(page, first(read.times(), limits.histograms()));
    MetricCatalogue.PINS.collect(read.pins(), page);
    addPins(page, read.pins());
    MetricCatalogue.LEFT_OUT.collect(List.of(
        new MetricCatalogue.LeftOut("pools", beyond(read.pools(), limits.pools())),
        new MetricCatalogue.LeftOut("histograms", beyond(read.times(), limits.histograms())),
        new MetricCatalogue.LeftOut("databases", beyond(read.databases(), limits.databases()))),
        page);
  }

  private static void addHistograms(MetricSnapshots.Builder page, List<PoolTimes> pools) {
    if (!pools.isEmpty()) {
      page.metricSnapshot(histogram(MetricCatalogue.WAIT, MetricCatalogue.WAIT_HELP, pools,
          PoolMetrics.Times::waits));
      page.metricSnapshot(histogram(MetricCatalogue.QUERY, MetricCatalogue.QUERY_HELP, pools,
          PoolMetrics.Times::queries));
      page.metricSnapshot(histogram(MetricCatalogue.TRANSACTION, MetricCatalogue.TRANSACTION_HELP,
          pools, PoolMetrics.Times::transactions));
    }
  }

  private static HistogramSnapshot histogram(String name, String help, List<PoolTimes> pools,
      Function<PoolMetrics.Times, TimeHistogram.Snapshot> which) {
    var family = HistogramSnapshot.builder().name(name).help(help);
    for (PoolTimes pool : pools) {
      TimeHistogram.Snapshot times = which.apply(pool.times());
      family.dataPoint(point(Labels.of(MetricCatalogue.PROTOCOL, pool.pool().protocol().label(),
          "database", pool.pool().database(), "user", pool.pool().user()), times));
    }
    return family.build();
  }

  private static HistogramDataPointSnapshot point(Labels labels, TimeHistogram.Snapshot times) {
    return HistogramDataPointSnapshot.builder().labels(labels)
        .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS, counts(times)))
        .sum(times.sumMicros() / MICROS_PER_SECOND).build();
  }

  private static void addPins(MetricSnapshots.Builder page, List<PinTimes> pins) {
    if (pins.isEmpty()) {
      return;
    }
    var family = HistogramSnapshot.builder().name(MetricCatalogue.PIN)
        .help(MetricCatalogue.PIN_HELP);
    pins.forEach(pin -> family.dataPoint(point(Labels.of(MetricCatalogue.PROTOCOL,
        pin.protocol().label(), "reason", pin.reason()), pin.times())));
    page.metricSnapshot(family.build());
  }

  /** How many values lie in each bucket; a value is whole microseconds, so that "below" the bound means "up to" it. */
  private static long[] counts(TimeHistogram.Snapshot times) {
    long[] counts = new long[BOUNDS.length];
    long below = 0;
    for (int i = 0; i < counts.length; i++) {
      boolean last = i == counts.length - 1;
      long upTo = last ? times.count() : times.countBelowPowerOfTwo(FIRST_POWER + i);
      counts[i] = upTo - below;
      below = upTo;
    }
    return counts;
  }

  private static Map<String, Double> numbers(List<SettingView> settings) {
    Map<String, Double> numbers = new HashMap<>();
    for (SettingView setting : settings) {
      Double number = number(setting.value());
      if (number != null) {
        numbers.put(setting.key(), number);
      }
    }
    return numbers;
  }

  private static @Nullable Double number(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > 18
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null;
    }
    return (double) Long.parseLong(text);
  }

  private static <T> List<T> first(List<T> all, int most) {
    return all.size() <= most ? all : all.subList(0, most);
  }

  private static int beyond(List<?> all, int most) {
    return Math.max(0, all.size() - most);
  }
}
