package dev.weir.core.config;

/** How a list of hosts is used. */
public enum LoadBalanceHosts implements Spelled {
  /** Stay with the current host until a connect fails. */
  DISABLE("disable"),
  /** The next host for each connect. */
  ROUND_ROBIN("round-robin");

  private final String spelling;

  LoadBalanceHosts(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
