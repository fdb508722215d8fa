package dev.weir.admin;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "dev.weir.admin", importOptions = ImportOption.DoNotIncludeTests.class)
class AdminArchitectureTest {
  @ArchTest static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("dev.weir.admin.(**)")
      .should().beFreeOfCycles();

  @ArchTest static final ArchRule OPERATORS_SEE_VIEWS_ONLY = classes().should()
      .onlyDependOnClassesThat()
      .resideInAnyPackage("java..", "com.sun.net.httpserver..", "org.slf4j..", "org.jspecify..",
          "io.micrometer..", "io.prometheus..", "org.sqlite..", "dev.weir.admin..",
          "dev.weir.core.control..", "dev.weir.core.metrics..", "dev.weir.core.config.mysql..");

  @ArchTest static final ArchRule ONLY_THE_STORE_KNOWS_SQLITE = noClasses().that()
      .resideOutsideOfPackage("dev.weir.admin.sqlite..").should().dependOnClassesThat()
      .resideInAnyPackage("org.sqlite..", "java.sql..");

  @ArchTest static final ArchRule ONLY_HTTP_KNOWS_METERS = noClasses().that()
      .resideOutsideOfPackage("dev.weir.admin.http..").should().dependOnClassesThat()
      .resideInAnyPackage("io.micrometer..", "io.prometheus..", "com.sun.net.httpserver..");

  @ArchTest static final ArchRule TABLES_KNOW_NO_COMMANDS = noClasses().that()
      .resideInAPackage("dev.weir.admin.table..").should().dependOnClassesThat()
      .resideInAnyPackage("dev.weir.admin.command..", "dev.weir.admin.console..");
}
