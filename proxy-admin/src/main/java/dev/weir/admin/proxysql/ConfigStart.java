package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.AdminStore;
import dev.weir.admin.sqlite.StoreException;
import dev.weir.core.config.mysql.CnfException;
import dev.weir.core.config.mysql.CnfFile;
import dev.weir.core.config.mysql.CnfReader;
import dev.weir.core.config.mysql.ContradictionException;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.config.mysql.MysqlVariable;
import dev.weir.core.config.mysql.VariableCatalogue;
import dev.weir.core.control.ProductVersion;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the tables in memory come to their rows at the start: defaults, then the saved database, then, at the first start or when it is asked for, the file. */
final class ConfigStart {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigStart.class);

  private final AdminStore store;
  private final ModuleMover mover;
  private final AdminOptions options;

  ConfigStart(AdminStore store, ModuleMover mover, AdminOptions options) {
    this.store = store;
    this.mover = mover;
    this.options = options;
  }

  /** @throws CnfException when the file holds a mistake; a database that was new stays empty then */
  MysqlConfig run() throws StoreException, CnfException {
    mover.variables(options.defaults().all(), "");
    boolean fileCounts = store.fresh() || options.first() != AdminOptions.Saved.KEPT;
    Path path = options.file();
    CnfFile file = path != null && fileCounts ? CnfReader.read(path) : null;
    if (!store.fresh()) {
      saved();
    }
    if (file != null) {
      file.warnings().forEach(LOG::warn);
      for (MysqlModule module : MysqlModule.values()) {
        mover.fileToMemory(file, module);
      }
    } else if (path != null) {
      LOG.info("{} is not read: the saved database {} counts; --initial or --reload reads the file",
          path, store.diskFile());
    }
    store.change("UPDATE main.global_variables SET variable_value = ? WHERE variable_name = ?",
        ProductVersion.PROXYSQL, "admin-version");
    MysqlConfig config = MysqlConfig.defaults();
    ConfigBuilder builder = new ConfigBuilder(store);
    for (MysqlModule module : MysqlModule.values()) {
      config = builder.with(config, module);
    }
    if (fileCounts) {
      for (MysqlModule module : MysqlModule.values()) {
        mover.memoryToDisk(module);
      }
    }
    return config;
  }

  private void saved() throws StoreException {
    for (MysqlModule module : MysqlModule.values()) {
      if (module.prefix().isEmpty()) {
        mover.diskToMemory(module);
      }
    }
    Map<String, String> values = new HashMap<>();
    store.each("SELECT variable_name, variable_value FROM disk.global_variables", row -> {
      String name = String.valueOf(row.get("variable_name"));
      String value = String.valueOf(row.get("variable_value"));
      MysqlVariable variable = VariableCatalogue.find(name);
      if (variable == null) {
        LOG.info("the saved variable {} is not known here and left out", name);
        return;
      }
      try {
        values.put(name, variable.normal(value));
      } catch (ContradictionException e) { // whoever saved it could not know
        LOG.warn("saved variable {}; the default counts", e.reason());
      }
    });
    mover.variables(values, "");
  }
}
