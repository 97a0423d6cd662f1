package dev.jtangents.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;

import java.util.Arrays;
import java.util.stream.Stream;

/** Which package may know which: arrows point one way, from the command line to the machine. */
@AnalyzeClasses(packages = "dev.jtangents", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String OURS = "dev.jtangents..";

    /** Classes of a package use no class of ours but their own and these packages'. */
    private static void assertKnowsOnly(JavaClasses all, String name, String... known) {
        String[] allowed =
                Stream.concat(Stream.of(name), Arrays.stream(known))
                        .map(one -> "dev.jtangents." + one + "..")
                        .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("dev.jtangents." + name + "..")
                .should()
                .dependOnClassesThat(resideInAPackage(OURS).and(not(resideInAnyPackage(allowed))))
                .check(all);
    }

    @ArchTest
    static void arrowsPointOneWay(JavaClasses all) {
        assertKnowsOnly(all, "panama");
        assertKnowsOnly(all, "tensor", "panama");
        assertKnowsOnly(all, "maps");
        assertKnowsOnly(all, "concurrent", "tensor");
        assertKnowsOnly(all, "io", "tensor");
        assertKnowsOnly(all, "simd", "tensor", "maps");
        assertKnowsOnly(all, "linalg", "tensor", "panama", "concurrent");
        assertKnowsOnly(all, "graph", "tensor", "maps", "concurrent", "simd", "linalg");
        assertKnowsOnly(all, "layers", "graph", "kernel", "tensor", "maps", "concurrent", "simd");
        assertKnowsOnly(all, "predict", "kernel", "tensor", "linalg", "concurrent", "simd", "io");
    }

    @ArchTest
    static void tensorsKnowNothingOfTheMachineButWhereMemoryComesFrom(JavaClasses all) {
        noClasses()
                .that()
                .resideInAPackage("dev.jtangents.tensor..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.jtangents.panama..")
                                .and(not(simpleName("LargeMemory"))))
                .check(all);
    }

    @ArchTest
    static void packagesAreFreeOfCycles(JavaClasses all) {
        slices().matching("dev.jtangents.(*)..").should().beFreeOfCycles().check(all);
    }

    @ArchTest
    static void generatedBindingsStandBehindTheirDoors(JavaClasses all) {
        classes()
                .that()
                .resideInAPackage("dev.jtangents.panama.openblas..")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage("dev.jtangents.panama..", "dev.jtangents.linalg..")
                .check(all);
    }

    @ArchTest
    static void onlyTheLoopsKnowTheVectorApi(JavaClasses all) {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.jtangents.simd..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(all);
    }

    @ArchTest
    static void onlyTheCommandLineEndsTheProcess(JavaClasses all) {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.jtangents.cli..")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(all);
    }
}
