package dev.weir.mysql;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "dev.weir.mysql", importOptions = ImportOption.DoNotIncludeTests.class)
class MysqlArchitectureTest {
  @ArchTest static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices()
      .matching("dev.weir.mysql.(**)").should().beFreeOfCycles();

  @ArchTest static final ArchRule PACKETS_KNOW_NO_STREAM = noClasses().that()
      .resideInAPackage("dev.weir.mysql.packet..").should().dependOnClassesThat()
      .resideInAnyPackage("dev.weir.mysql.codec..", "dev.weir.mysql.auth..");

  @ArchTest static final ArchRule LOGINS_ONLY_COMPUTE = classes().that()
      .resideInAPackage("dev.weir.mysql.auth..").should().onlyDependOnClassesThat()
      .resideInAnyPackage("java..", "javax.crypto..", "org.jspecify..", "dev.weir.mysql.auth..")
      .allowEmptyShould(true);
}
