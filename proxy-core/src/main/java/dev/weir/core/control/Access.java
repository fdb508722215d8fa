package dev.weir.core.control;

/** What a console user may do; each level includes the ones before it. */
public enum Access {
  STATS, ADMIN;

  public boolean covers(Access needed) {
    return compareTo(needed) >= 0;
  }
}
