package dev.weir.admin.http;

import dev.weir.admin.GeneratedPage;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MetricsPageTest {
  private static final String INTRODUCTION = """
      # Metrics, health and readiness

      <!-- Made from the declarations in proxy-admin by MetricsPageTest; do not edit. -->

      One HTTP address, listened on only when it is configured. It has no login: bind it where only your monitoring reaches it.

      | path | answer |
      |---|---|
      | `GET /metrics` | Prometheus text, or OpenMetrics when asked for by `Accept`; zipped when asked for |
      | `GET /health` | 200 as long as the process serves requests |
      | `GET /ready` | 200 when clients should be sent here; else 503 and the reason: `shutting down`, `suspended`, `paused`, `not listening`, `the control thread does not answer` |

      Other paths get 404, other methods 405. A request must arrive within 10 seconds and be read within 60; there are at
      most 100 connections, and one scrape at a time (who waits longer than 5 seconds gets 503). The JDK's system properties
      `sun.net.httpserver.maxReqTime`, `sun.net.httpserver.maxRspTime`, `sun.net.httpserver.maxReqHeaderSize` and
      `jdk.httpserver.maxConnections` change these bounds.

      Names that begin with `pgbouncer_` are those of the Prometheus community's pgbouncer_exporter with its labels and
      units, so that dashboards and alerts made for it go on working. The label `protocol`, `postgresql` or `mysql`, is
      beside them: MySQL's pools are on the page too, a hostgroup of ProxySQL's tables as database `hostgroup_0` and so on
      (docs/configuration.md). `pgbouncer_up` is 0 and most of the page is missing when
      the proxy does not answer within 5 seconds. The page also has `jvm_`, `process_` and `system_` metrics.

      """;

  @Test
  void thePageIsUpToDate() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    add(page, "Pools", MetricCatalogue.POOLS);
    addHistograms(page);
    add(page, "Sessions that keep their server", MetricCatalogue.PINS);
    page.setLength(page.length() - 1);
    row(page, MetricCatalogue.PIN, "histogram", MetricCatalogue.PIN_HELP);
    page.append('\n');
    add(page, "Databases", MetricCatalogue.DATABASES);
    add(page, "Traffic of databases", MetricCatalogue.TRAFFIC);
    add(page, "Counts", MetricCatalogue.LISTS);
    add(page, "Settings", MetricCatalogue.CONFIG);
    add(page, "State", MetricCatalogue.STATE);
    add(page, "The page itself", MetricCatalogue.LEFT_OUT);
    row(page, MetricCatalogue.UP, "gauge", MetricCatalogue.UP_HELP);
    row(page, MetricCatalogue.VERSION + "_info", "gauge",
        MetricCatalogue.VERSION_HELP + " It is the label `version`.");
    addCardinality(page);
    GeneratedPage.check("metrics.md", page.toString());
  }

  @Test
  void namesAreDeclaredOnceAndFollowTheRules() {
    Set<String> seen = new HashSet<>();
    for (MetricGroup<?> group : List.of(MetricCatalogue.POOLS, MetricCatalogue.PINS,
        MetricCatalogue.DATABASES, MetricCatalogue.TRAFFIC, MetricCatalogue.LISTS,
        MetricCatalogue.CONFIG,
        MetricCatalogue.STATE, MetricCatalogue.LEFT_OUT)) {
      group.metrics().forEach(metric -> {
        assertThat(seen.add(metric.name())).as(metric.name()).isTrue();
        assertThat(metric.name()).matches("(pgbouncer|weir)_[a-z_]+");
        assertThat(metric.name().endsWith("_total")).as(metric.name())
            .isEqualTo(metric.kind() == MetricGroup.Kind.COUNTER);
      });
    }
  }

  private static void add(StringBuilder page, String title, MetricGroup<?> group) {
    page.append("## ").append(title).append("\n\n");
    if (!group.labelNames().isEmpty()) {
      page.append("Labels: `").append(String.join("`, `", group.labelNames())).append("`.\n\n");
    }
    page.append("| metric | type | meaning |\n|---|---|---|\n");
    group.metrics().forEach(metric -> row(page, metric.name(),
        metric.kind().name().toLowerCase(Locale.ROOT), metric.help()));
    if (group != MetricCatalogue.LEFT_OUT) {
      page.append('\n');
    }
  }

  private static void addHistograms(StringBuilder page) {
    page.append(
        "## Times of pools\n\nHistograms in seconds. Labels: `protocol`, `database`, `user`. Buckets end at powers of two of a microsecond, from 64 µs to 33.6 s.\n\n");
    page.append("| metric | type | meaning |\n|---|---|---|\n");
    row(page, MetricCatalogue.WAIT, "histogram", MetricCatalogue.WAIT_HELP);
    row(page, MetricCatalogue.QUERY, "histogram", MetricCatalogue.QUERY_HELP);
    row(page, MetricCatalogue.TRANSACTION, "histogram", MetricCatalogue.TRANSACTION_HELP);
    page.append('\n');
  }

  private static void addCardinality(StringBuilder page) {
    MetricsLimits limits = MetricsLimits.DEFAULT;
    int pool = MetricCatalogue.POOLS.metrics().size();
    int database = MetricCatalogue.DATABASES.metrics().size()
        + MetricCatalogue.TRAFFIC.metrics().size();
    page.append("\n## How many series\n\n").append(pool).append(" for each pool, ")
        .append(histogramSeries()).append(" for each pool with histograms, ").append(database)
        .append(" for each database.\nOne page holds at most ").append(limits.pools())
        .append(" pools, the histograms of ").append(limits.histograms()).append(" pools and ")
        .append(limits.databases())
        .append(
            " databases:\nthose that come first by database and user. `weir_metrics_left_out` tells how many more there are;\n")
        .append("totals of all pools stay available through `SHOW TOTALS`.\n");
  }

  private static int histogramSeries() {
    int buckets = MetricsCollector.LAST_POWER - MetricsCollector.FIRST_POWER + 2; // with +Inf
    return 3 * (buckets + 2); // count and sum
  }

  private static void row(StringBuilder page, String name, String type, String meaning) {
    page.append("| `").append(name).append("` | ").append(type).append(" | ").append(meaning)
        .append(" |\n");
  }
}
