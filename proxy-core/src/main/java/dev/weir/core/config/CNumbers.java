package dev.weir.core.config;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Pattern;

/** Numbers as the C library reads and prints them, because configuration files were written for it. */
final class CNumbers {
  private static final Pattern INTEGER = Pattern
      .compile("[+-]?(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,24})");
  private static final Pattern DECIMAL = Pattern
      .compile("[+-]?([0-9]{1,40}(\\.[0-9]{0,40})?|\\.[0-9]{1,40})([eE][+-]?[0-9]{1,4})?");
  private static final int G_DIGITS = 6;

  private CNumbers() {}

  /**
   * Reads like {@code strtol} with base 0: {@code 0x} is hexadecimal, a leading {@code 0} octal, anything left over is
   * an error.
   */
  static long integer(String text) throws BadValueException {
    if (!INTEGER.matcher(text).matches()) {
      throw new BadValueException("is not a whole number");
    }
    boolean negative = text.charAt(0) == '-';
    String digits = negative || text.charAt(0) == '+' ? text.substring(1) : text;
    int radix = 10;
    if (digits.startsWith("0x") || digits.startsWith("0X")) {
      digits = digits.substring(2);
      radix = 16;
    } else if (digits.length() > 1 && digits.charAt(0) == '0') {
      radix = 8;
    }
    try {
      return Long.parseLong(negative ? "-" + digits : digits, radix);
    } catch (NumberFormatException e) {
      throw new BadValueException(radix == 8 && digits.matches(".*[89].*")
          ? "is not a whole number (a leading 0 makes it octal)"
          : "is too large a number");
    }
  }

  /** Reads a decimal fraction, with or without exponent, as {@code strtod} does; no infinities, no NaN. */
  static double decimal(String text) throws BadValueException {
    if (DECIMAL.matcher(text).matches()) {
      return Double.parseDouble(text);
    }
    throw new BadValueException("is not a number");
  }

  /** Prints like {@code %g}: six significant digits, no trailing zeros, exponent outside 1e-4 to 1e6. */
  static String general(double value) {
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value)
        .round(new MathContext(G_DIGITS, RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent >= -4 && exponent < G_DIGITS) {
      return rounded.stripTrailingZeros().toPlainString();
    }
    String mantissa = rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString();
    String digits = Integer.toString(Math.abs(exponent));
    return mantissa + (exponent < 0 ? "e-" : "e+") + (digits.length() < 2 ? "0" + digits : digits);
  }
}
