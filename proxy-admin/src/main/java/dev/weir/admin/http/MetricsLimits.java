package dev.weir.admin.http;

/**
 * How much one scrape may hold. What is beyond is left out, and counted in {@code weir_metrics_left_out}.
 *
 * @param pools pools with counts; each has 14 series
 * @param histograms pools with histograms; each has 69 series
 * @param databases databases; each has 20 series
 */
public record MetricsLimits(int pools, int histograms, int databases) {
  /** About 15 megabytes of text at most, a tenth of that when zipped. */
  public static final MetricsLimits DEFAULT = new MetricsLimits(2000, 500, 2000);
}
