package dev.weir.core.pg;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a server connection's session has been made into. Confined to the server's worker. */
final class ServerMirror {
  private SettingSet settings = SettingSet.EMPTY;
  private @Nullable SettingSet asked;
  private boolean dirty;
  /** Nobody has used a sequence since this was last undone; known only where somebody asks for last values. */
  private boolean withoutSequences;
  private boolean spoiled;

  /** Whether a session with these settings cannot be served as it is. */
  boolean differs(SettingSet wanted) {
    return wanted != settings && !adopts(wanted);
  }

  private boolean adopts(SettingSet wanted) {
    boolean same = settings.same(wanted);
    if (same) {
      settings = wanted; // found at a glance the next time
    }
    return same;
  }

  /**
   * The script that brings it to these settings, which is about to be sent. Statements that SQL has prepared come behind
   * it: {@link #prepares}.
   */
  String bringTo(SettingSet wanted) {
    asked = wanted;
    return settings.changeTo(wanted);
  }

  /** The PREPAREs that it is to be sent behind the script of {@link #bringTo}. */
  Map<String, String> prepares() {
    return asked == null ? Map.of() : settings.preparesFor(asked);
  }

  /** The script is done; it is one query, so it has worked as a whole or not at all. */
  void brought(boolean well) {
    if (well && asked != null) {
      settings = asked;
    }
    asked = null;
  }

  /** A statement goes to the server that may change more than is known. */
  void touched() {
    dirty = true;
  }

  /** What is undone by nothing. */
  void spoil() {
    spoiled = true;
  }

  /** It is known again what it has: these settings, and nothing that a session must not leave behind. */
  void settled(SettingSet now) {
    settings = now;
    dirty = false;
  }

  /** It has these settings, and more. */
  void has(SettingSet now) {
    settings = now;
  }

  /** A PREPARE of {@link SettingSet#preparesFor} has failed: its EXECUTE will say so. */
  void notPrepared(String name) {
    settings = settings.withoutPrepared(name);
  }

  /** {@code DEALLOCATE ALL} has been carried out. */
  void deallocated() {
    settings = settings.withNothingPrepared();
  }

  /** {@code DISCARD ALL} has been carried out. */
  void discarded() {
    settings = SettingSet.EMPTY;
    dirty = false;
  }

  /** Whether a session that asks for the last value of a sequence might be told another's. */
  boolean remembersSequences() {
    return !withoutSequences;
  }

  /** {@code DISCARD SEQUENCES} is about to be sent. */
  void forgetsSequences() {
    withoutSequences = true;
  }

  boolean spoiled() {
    return spoiled;
  }

  /** What cleans it: the configured query, unless that may leave something. */
  @Nullable
  String cleaning(@Nullable String configured) {
    boolean all = configured != null
        && configured.toLowerCase(Locale.ROOT).contains("discard all");
    boolean leaves = dirty || (configured != null && !settings.isEmpty());
    return leaves && !all ? "DISCARD ALL" : configured;
  }
}
