package dev.weir.core.config;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A global setting: its name, its type and bounds, its default, whether it can change while the program runs, and what
 * it means. Immutable; compared by identity.
 *
 * @param <T> type of the value; nullable when the setting can be unset
 */
public final class Setting<T extends @Nullable Object> {
  /** The section of the file a setting belongs to. */
  public enum Section implements Spelled {
    /** What PgBouncer has a word for. */
    PGBOUNCER("pgbouncer"),
    /** What it has no word for. */
    WEIR("weir");

    private final String spelling;

    Section(String spelling) {
      this.spelling = spelling;
    }

    @Override
    public String spelling() {
      return spelling;
    }
  }

  /** A value and how SHOW CONFIG prints it; null for an unset one. */
  record Value<T extends @Nullable Object>(T value, @Nullable String shown) {}

  private static final Value<?> NOTHING = new Value<@Nullable Object>(null, null);

  private record Refusal<T extends @Nullable Object>(Predicate<T> when, String why) {}

  private final Draft<T> draft;
  private final String doc;

  private Setting(Draft<T> draft, String doc) {
    this.draft = draft.copy();
    this.doc = doc;
  }

  static Draft<String> text(String name) {
    return new Draft<>(name, new ValueTypes.Text());
  }

  static Draft<Integer> whole(String name, int min, int max) {
    return new Draft<>(name, new ValueTypes.Whole(min, max));
  }

  static Draft<Long> unsigned(String name, long min, long max) {
    return new Draft<>(name, new ValueTypes.Unsigned(min, max));
  }

  static Draft<Boolean> flag(String name) {
    return new Draft<>(name, new ValueTypes.Flag());
  }

  static Draft<Duration> time(String name) {
    return new Draft<>(name, new ValueTypes.Seconds());
  }

  static <E extends Enum<E> & Spelled> Draft<E> oneOf(String name, Class<E> type) {
    return new Draft<>(name, new ValueTypes.OneOf<>(type));
  }

  /** Words between commas. */
  static Draft<List<String>> list(String name) {
    return new Draft<>(name, new ValueTypes.Words(false));
  }

  /** Words between commas or blanks. */
  static Draft<List<String>> words(String name) {
    return new Draft<>(name, new ValueTypes.Words(true));
  }

  static Draft<Set<TlsVersion>> protocols(String name) {
    return new Draft<>(name, new ValueTypes.Protocols());
  }

  static Draft<@Nullable HostPort> listen(String name) {
    return new Draft<>(name, new ValueTypes.Listen());
  }

  public String name() {
    return draft.name;
  }

  public Section section() {
    return draft.section;
  }

  /** The default as a file would spell it and SHOW CONFIG prints it; null when the setting is unset by default. */
  public @Nullable String defaultText() {
    return draft.defaultText;
  }

  /** Whether RELOAD and SET change it; the others wait for a restart. */
  public boolean reloadable() {
    return draft.reloadable;
  }

  /** Whether a reload keeps the running value when the file does not name the setting. */
  boolean keptWhenUnnamed() {
    return draft.kept;
  }

  /** Whether the value may hold a password, so that logs leave it out. */
  boolean secret() {
    return draft.secret;
  }

  /** Whether the setting exists only on Windows. */
  boolean windowsOnly() {
    return draft.windowsOnly;
  }

  /** What may be written: {@code a whole number, 0 to 65535}. */
  public String allowed() {
    return draft.type.describe();
  }

  /** Why some values that could be written are errors here; null when there are none. */
  public @Nullable String refused() {
    Refusal<T> refusal = draft.refusal;
    return refusal == null ? null : refusal.why();
  }

  /** What the setting does, in one sentence or two. */
  public String doc() {
    return doc;
  }

  /** Reads a value and checks it against bounds and refusals. */
  Value<T> parse(String text) throws BadValueException {
    T value;
    try {
      value = draft.type.parse(text);
    } catch (BadValueException e) {
      throw new BadValueException(
          "\"" + abbreviated(text) + "\" " + e.getMessage() + "; allowed: " + allowed());
    }
    Refusal<T> refusal = draft.refusal;
    if (refusal != null && refusal.when().test(value)) {
      throw new BadValueException(
          "\"" + abbreviated(text) + "\" is refused because " + refusal.why());
    }
    return new Value<>(value, draft.type.show(value, text));
  }

  /** The default value, with the text SHOW CONFIG prints for it. */
  Value<T> defaultValue() {
    if (draft.defaultText == null) {
      return draft.unsetValue();
    }
    try {
      return parse(draft.defaultText);
    } catch (BadValueException e) {
      throw new IllegalStateException("default of " + draft.name, e);
    }
  }

  @Override
  public String toString() {
    return draft.name;
  }

  static String abbreviated(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  /** A setting being declared; {@link #doc} finishes it. */
  static final class Draft<T extends @Nullable Object> {
    private final String name;
    private final ValueType<T> type;
    private Section section = Section.PGBOUNCER;
    private @Nullable String defaultText;
    private @Nullable Value<T> whenUnset;
    private boolean reloadable = true;
    private boolean kept;
    private boolean windowsOnly;
    private boolean secret;
    private @Nullable Refusal<T> refusal;

    private Draft(String name, ValueType<T> type) {
      this.name = name;
      this.type = type;
    }

    private Draft<T> copy() {
      Draft<T> copy = new Draft<>(name, type);
      copy.section = section;
      copy.defaultText = defaultText;
      copy.whenUnset = whenUnset;
      copy.reloadable = reloadable;
      copy.kept = kept;
      copy.windowsOnly = windowsOnly;
      copy.secret = secret;
      copy.refusal = refusal;
      return copy;
    }

    private Value<T> unsetValue() {
      if (whenUnset == null) {
        throw new IllegalStateException("neither a default nor unset: " + name);
      }
      return whenUnset;
    }

    Draft<T> defaultsTo(String text) {
      defaultText = text;
      return this;
    }

    /** No default: the value is null until a file gives one. */
    @SuppressWarnings("unchecked") // a Draft of nullable T differs from a Draft of T in annotations only
    Draft<@Nullable T> unset() {
      whenUnset = (Value<T>) NOTHING;
      return (Draft<@Nullable T>) this;
    }

    /** The default column stays empty, but the value at start is this one. */
    Draft<T> startsAs(T value, String shown) {
      whenUnset = new Value<>(value, shown);
      return this;
    }

    Draft<T> notReloadable() {
      reloadable = false;
      return this;
    }

    Draft<T> keptWhenUnnamed() {
      kept = true;
      return this;
    }

    Draft<T> windowsOnly() {
      windowsOnly = true;
      return this;
    }

    Draft<T> secret() {
      secret = true;
      return this;
    }

    Draft<T> weir() {
      section = Section.WEIR;
      return this;
    }

    /** Values that cannot be honoured here are errors that say why: nothing is accepted and then ignored. */
    Draft<T> refusedBecause(Predicate<T> when, String why) {
      refusal = new Refusal<>(when, why);
      return this;
    }

    Setting<T> doc(String doc) {
      return new Setting<>(this, doc);
    }
  }
}
