package dev.weir.admin.http;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Metrics that are about the same thing and so share their labels; each name stands beside its value. Immutable; every
 * call answers a longer group.
 *
 * @param <R> what one data point of each metric is made from
 */
final class MetricGroup<R> {
  private static final String TOTAL = "_total";

  enum Kind {
    GAUGE, COUNTER
  }

  private record Label<R>(String name, Function<R, @Nullable String> value) {}

  /** One metric as Prometheus names it. */
  record Metric<R>(String name, Kind kind, String help, ToDoubleFunction<R> value) {}

  private final List<Label<R>> labels;
  private final List<Metric<R>> metrics;

  private MetricGroup(List<Label<R>> labels, List<Metric<R>> metrics) {
    this.labels = labels;
    this.metrics = metrics;
  }

  static <R> MetricGroup<R> of() {
    return new MetricGroup<>(List.of(), List.of());
  }

  /** A label; null becomes the empty text. */
  MetricGroup<R> label(String name, Function<R, @Nullable String> value) {
    return new MetricGroup<>(plus(labels, new Label<>(name, value)), metrics);
  }

  MetricGroup<R> gauge(String name, String help, ToDoubleFunction<R> value) {
    return new MetricGroup<>(labels, plus(metrics, new Metric<>(name, Kind.GAUGE, help, value)));
  }

  /** A value that only grows; its name ends in {@code _total}. */
  MetricGroup<R> counter(String name, String help, ToDoubleFunction<R> value) {
    return new MetricGroup<>(labels, plus(metrics, new Metric<>(name, Kind.COUNTER, help, value)));
  }

  List<Metric<R>> metrics() {
    return metrics;
  }

  List<String> labelNames() {
    return labels.stream().map(Label::name).toList();
  }

  /** Adds a data point of every metric for every row. */
  void collect(List<R> rows, MetricSnapshots.Builder into) {
    if (rows.isEmpty()) {
      return;
    }
    String[] names = labels.stream().map(Label::name).toArray(String[]::new);
    List<Labels> labelled = rows.stream().map(row -> labelsOf(names, row)).toList();
    for (Metric<R> metric : metrics) {
      switch (metric.kind()) {
        case GAUGE -> {
          var family = GaugeSnapshot.builder().name(metric.name()).help(metric.help());
          for (int i = 0; i < rows.size(); i++) {
            family.dataPoint(GaugeDataPointSnapshot.builder().labels(labelled.get(i))
                .value(metric.value().applyAsDouble(rows.get(i))).build());
          }
          into.metricSnapshot(family.build());
        }
        case COUNTER -> {
          String bare = metric.name().substring(0, metric.name().length() - TOTAL.length()); // the writer adds it again
          var family = CounterSnapshot.builder().name(bare).help(metric.help());
          for (int i = 0; i < rows.size(); i++) {
            family.dataPoint(CounterDataPointSnapshot.builder().labels(labelled.get(i))
                .value(metric.value().applyAsDouble(rows.get(i))).build());
          }
          into.metricSnapshot(family.build());
        }
      }
    }
  }

  private Labels labelsOf(String[] names, R row) {
    String[] values = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      String value = labels.get(i).value().apply(row);
      values[i] = value == null ? "" : value;
    }
    return Labels.of(names, values);
  }

  private static <T> List<T> plus(List<T> some, T one) {
    List<T> all = new ArrayList<>(some);
    all.add(one);
    return List.copyOf(all);
  }
}
