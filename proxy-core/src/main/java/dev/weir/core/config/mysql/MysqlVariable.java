package dev.weir.core.config.mysql;

import dev.weir.core.config.Networks;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A global variable of ProxySQL's: its name, what may be written, its default, and what it does here.
 *
 * @param name with its prefix
 * @param atRestart whether a change waits for a restart
 */
public record MysqlVariable(String name, Allowed allowed, String defaultValue, boolean atRestart,
    Effect effect, String doc) {

  /** What may be written. */
  public sealed interface Allowed {
    record Flag() implements Allowed {}

    record Whole(long min, long max) implements Allowed {}

    record Text(int longest) implements Allowed {}

    /** Of {@link Networks}. */
    record Addresses() implements Allowed {}

    /** One of these, compared without case. */
    record OneOf(List<String> words) implements Allowed {}
  }

  /** What Weir makes of it. */
  public sealed interface Effect {
    record Obeyed() implements Effect {}

    /** Kept and shown, without effect. */
    record Inert(String why) implements Effect {}

    /** Other values than the default are errors. */
    record Refused(String why) implements Effect {}
  }

  private static final int LONGEST_TEXT = 65_535;

  static MysqlVariable flag(String name, boolean defaultValue, String doc) {
    return of(name, new Allowed.Flag(), Boolean.toString(defaultValue), doc);
  }

  static MysqlVariable whole(String name, long defaultValue, long min, long max, String doc) {
    return of(name, new Allowed.Whole(min, max), Long.toString(defaultValue), doc);
  }

  static MysqlVariable text(String name, String defaultValue, String doc) {
    return of(name, new Allowed.Text(LONGEST_TEXT), defaultValue, doc);
  }

  static MysqlVariable addresses(String name, String doc) {
    return of(name, new Allowed.Addresses(), "", doc);
  }

  static MysqlVariable oneOf(String name, String words, String defaultValue, String doc) {
    return of(name, new Allowed.OneOf(List.of(words.split(" "))), defaultValue, doc);
  }

  private static MysqlVariable of(String name, Allowed allowed, String defaultValue, String doc) {
    return new MysqlVariable(name, allowed, defaultValue, false, new Effect.Obeyed(), doc);
  }

  MysqlVariable inert(String why) {
    return with(new Effect.Inert(why));
  }

  MysqlVariable refused(String why) {
    return with(new Effect.Refused(why));
  }

  MysqlVariable with(Effect other) {
    return new MysqlVariable(name, allowed, defaultValue, atRestart, other, doc);
  }

  MysqlVariable waitsForRestart() {
    return new MysqlVariable(name, allowed, defaultValue, true, effect, doc);
  }

  MysqlVariable prefixed(String prefix) {
    return new MysqlVariable(prefix + name, allowed, defaultValue, atRestart, effect, doc);
  }

  /** Whether the value is a password, or holds one. */
  public boolean secret() {
    return name.endsWith("_password") || name.endsWith("_credentials");
  }

  /**
   * The value as it is kept.
   *
   * @throws ContradictionException when it is not allowed; the message names the variable and what is
   */
  public String normal(String value) {
    String normal = switch (allowed) {
      case Allowed.Flag _ -> flag(value);
      case Allowed.Whole(long min, long max) -> whole(value, min, max);
      case Allowed.Text(int longest) -> value.length() <= longest ? value : null;
      case Allowed.Addresses _ -> Networks.parse(value) == null ? null : value;
      case Allowed.OneOf(List<String> words) ->
        words.stream().filter(value::equalsIgnoreCase).findFirst().orElse(null);
    };
    if (normal == null) {
      throw new ContradictionException(name + ": " + shown(value) + " is not " + described());
    }
    if (effect instanceof Effect.Refused(String why) && !normal.equals(defaultValue)) {
      throw new ContradictionException(name + ": " + shown(value) + " is refused: " + why);
    }
    return normal;
  }

  /** What may be written, for messages and the manual. */
  public String described() {
    return switch (allowed) {
      case Allowed.Flag _ -> "true or false";
      case Allowed.Whole(long min, long max) -> "a whole number, " + min + " to " + max;
      case Allowed.Text _ -> "a text";
      case Allowed.Addresses _ -> "addresses and networks (CIDR) between commas, or *";
      case Allowed.OneOf(List<String> words) -> "one of " + String.join(", ", words);
    };
  }

  private String shown(String value) {
    return secret()
        ? "the value"
        : "'" + (value.length() > 100 ? value.substring(0, 100) + "..." : value) + "'";
  }

  private static @Nullable String flag(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> "true";
      case "false", "0" -> "false";
      default -> null;
    };
  }

  private static @Nullable String whole(String value, long min, long max) {
    if (value.isEmpty() || value.length() > 19) {
      return null;
    }
    try {
      long number = Long.parseLong(value);
      return number >= min && number <= max ? Long.toString(number) : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
