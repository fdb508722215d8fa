package dev.weir.core.backend;

/** Which of the members that can write serve reads too; the code is the column's value. */
public enum WriterIsAlsoReader {
  NO(0), YES(1), ONLY_BACKUPS(2);

  private final int code;

  WriterIsAlsoReader(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
