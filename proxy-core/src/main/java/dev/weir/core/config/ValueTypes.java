package dev.weir.core.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The types a setting can have. */
final class ValueTypes {
  private static final Pattern COMMA = Pattern.compile(",");
  private static final Pattern COMMA_OR_BLANK = Pattern.compile("[,\\s]+");
  /** The longest time whose nanoseconds fit into a {@code long}. */
  private static final long MAX_SECONDS = Long.MAX_VALUE / 1_000_000_000L;
  private static final double MICROS = 1_000_000d;

  private ValueTypes() {}

  /** Text as it stands: never unquoted. */
  record Text() implements ValueType<String> {
    @Override
    public String parse(String text) {
      return text;
    }

    @Override
    public String describe() {
      return "text";
    }
  }

  record Whole(int min, int max) implements ValueType<Integer> {
    @Override
    public Integer parse(String text) throws BadValueException {
      return (int) within(CNumbers.integer(text), min, max);
    }

    @Override
    public String show(Integer value, String text) {
      return value.toString();
    }

    @Override
    public String describe() {
      return "a whole number, " + min + " to " + max;
    }
  }

  record Unsigned(long min, long max) implements ValueType<Long> {
    @Override
    public Long parse(String text) throws BadValueException {
      return within(CNumbers.integer(text), min, max);
    }

    @Override
    public String show(Long value, String text) {
      return value.toString();
    }

    @Override
    public String describe() {
      return "a whole number, " + min + " to " + max;
    }
  }

  /** 0 is false and any other whole number is true, as in C. */
  record Flag() implements ValueType<Boolean> {
    @Override
    public Boolean parse(String text) throws BadValueException {
      return within(CNumbers.integer(text), Integer.MIN_VALUE, Integer.MAX_VALUE) != 0;
    }

    @Override
    public String show(Boolean value, String text) {
      return value ? "1" : "0";
    }

    @Override
    public String describe() {
      return "0 or 1";
    }
  }

  /** Seconds, with fraction; kept in microseconds. */
  record Seconds() implements ValueType<Duration> {
    @Override
    public Duration parse(String text) throws BadValueException {
      double seconds = CNumbers.decimal(text);
      if (seconds < 0 || seconds > MAX_SECONDS) {
        throw new BadValueException("is out of range");
      }
      return Duration.ofNanos(Math.round(seconds * MICROS) * 1000);
    }

    @Override
    public String show(Duration value, String text) {
      return CNumbers.general(Math.floorDiv(value.toNanos(), 1000L) / MICROS);
    }

    @Override
    public String describe() {
      return "a number of seconds, fractions allowed, 0 to " + MAX_SECONDS;
    }
  }

  record OneOf<E extends Enum<E> & Spelled>(Class<E> type) implements ValueType<E> {
    @Override
    public E parse(String text) throws BadValueException {
      E found = find(type, text);
      if (found == null) {
        throw new BadValueException("is none of the allowed words");
      }
      return found;
    }

    @Override
    public String show(E value, String text) {
      return value.spelling();
    }

    @Override
    public String describe() {
      return "one of " + Arrays.stream(type.getEnumConstants()).map(Spelled::spelling)
          .collect(Collectors.joining(", "));
    }
  }

  /** Words separated by commas; with {@code blanks} also by blanks. Empty words are dropped. */
  record Words(boolean blanks) implements ValueType<List<String>> {
    @Override
    public List<String> parse(String text) {
      List<String> words = new ArrayList<>();
      for (String word : (blanks ? COMMA_OR_BLANK : COMMA).split(text, -1)) {
        if (!word.isBlank()) {
          words.add(word.strip());
        }
      }
      return List.copyOf(words);
    }

    @Override
    public String describe() {
      return blanks ? "a list separated by commas or blanks" : "a list separated by commas";
    }
  }

  /** {@code host:port}, IPv6 in brackets; empty for none. */
  record Listen() implements ValueType<@Nullable HostPort> {
    @Override
    public @Nullable HostPort parse(String text) throws BadValueException {
      if (text.isEmpty()) {
        return null;
      }
      int colon = text.lastIndexOf(':');
      String host = colon < 0 ? "" : text.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      if (bracketed) {
        host = host.substring(1, host.length() - 1);
      }
      if (host.isEmpty() || (!bracketed && host.indexOf(':') >= 0)) {
        throw new BadValueException("is not host:port");
      }
      return new HostPort(host,
          (int) within(CNumbers.integer(text.substring(colon + 1)), 0, 65535));
    }

    @Override
    public String describe() {
      return "host:port with a port from 0 to 65535 and IPv6 addresses in brackets, or empty";
    }
  }

  /** TLS versions, comma or colon between them, {@code !} before one to take away. */
  record Protocols() implements ValueType<Set<TlsVersion>> {
    @Override
    public Set<TlsVersion> parse(String text) throws BadValueException {
      EnumSet<TlsVersion> versions = EnumSet.noneOf(TlsVersion.class);
      for (String part : text.split("[,:]", -1)) {
        String word = part.strip().toLowerCase(Locale.ROOT);
        boolean without = word.startsWith("!");
        Set<TlsVersion> named = named(without ? word.substring(1) : word);
        if (!without) {
          versions.addAll(named);
          continue;
        }
        if (versions.isEmpty()) {
          versions = EnumSet.allOf(TlsVersion.class);
        }
        versions.removeAll(named);
      }
      if (versions.isEmpty()) {
        throw new BadValueException("leaves no version");
      }
      return Collections.unmodifiableSet(versions);
    }

    private static Set<TlsVersion> named(String word) throws BadValueException {
      return switch (word) {
        case "all", "tlsv1" -> EnumSet.allOf(TlsVersion.class);
        case "secure", "default" -> EnumSet.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3);
        default -> {
          TlsVersion version = find(TlsVersion.class, word);
          if (version == null) {
            throw new BadValueException("names an unknown protocol: " + word);
          }
          yield EnumSet.of(version);
        }
      };
    }

    @Override
    public String describe() {
      return "a list of all, secure, default, tlsv1, tlsv1.0, tlsv1.1, tlsv1.2, tlsv1.3,"
          + " each with an optional ! before it";
    }
  }

  static <E extends Enum<E> & Spelled> @Nullable E find(Class<E> type, String text) {
    for (E constant : type.getEnumConstants()) {
      if (constant.spelling().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    return null;
  }

  static long within(long value, long min, long max) throws BadValueException {
    if (value < min || value > max) {
      throw new BadValueException("is out of range");
    }
    return value;
  }
}
