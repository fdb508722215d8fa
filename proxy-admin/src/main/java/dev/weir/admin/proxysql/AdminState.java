package dev.weir.admin.proxysql;

import dev.weir.admin.message.MessageCounts;
import dev.weir.admin.sqlite.AdminStore;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What the admin port knows beside its tables. Confined to the admin thread, but {@link #running} may be read anywhere. */
final class AdminState {
  final AdminStore store;
  final ModuleMover mover;
  final Checksums checksums;
  final MessageCounts messages;
  /** The file that LOAD … FROM CONFIG reads. */
  final @Nullable Path file;
  private volatile MysqlConfig running;
  private volatile BiConsumer<MysqlModule, MysqlConfig> listener = (module, config) -> {};
  private boolean readOnly;

  AdminState(AdminStore store, ModuleMover mover, Checksums checksums, MessageCounts messages,
      @Nullable Path file, MysqlConfig running) {
    this.store = store;
    this.mover = mover;
    this.checksums = checksums;
    this.messages = messages;
    this.file = file;
    this.running = running;
    this.readOnly = running.variables().flag("admin-read_only");
  }

  /** The configuration that was loaded last. */
  MysqlConfig running() {
    return running;
  }

  void runs(MysqlConfig next) {
    if (next.variables().flag("admin-read_only") != running.variables().flag("admin-read_only")) {
      readOnly = next.variables().flag("admin-read_only");
    }
    running = next;
  }

  /** Who is told of every module that was loaded; on the admin thread. */
  void listener(BiConsumer<MysqlModule, MysqlConfig> told) {
    listener = told;
  }

  void loaded(MysqlModule module, MysqlConfig next) {
    listener.accept(module, next);
  }

  /** Whether changes at the admin port are refused. */
  boolean readOnly() {
    return readOnly;
  }

  void readOnly(boolean refused) {
    readOnly = refused;
  }
}
