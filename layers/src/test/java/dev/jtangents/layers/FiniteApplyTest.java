package dev.jtangents.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jtangents.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Outputs of finite networks by neural-tangents 0.6.5: attention, layers without weights, graphs,
 * branches and masked inputs. Where entries of the output are masked they are 0.
 */
class FiniteApplyTest {
    static Stream<GoldenCase> cases() {
        return GoldenCase.read("finite-apply").stream();
    }

    @Test
    void allCasesAreThere() {
        assertEquals(98, cases().count());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agreesWithTheReference(GoldenCase golden) {
        Network network = Model.of(golden.model());
        JsonValue given = golden.optional("options");
        Map<String, JsonValue> options = given == null ? Map.of() : given.object("options");
        JsonValue constant = options.get("mask_constant");
        JsonValue pattern = options.get("pattern");
        ApplyOptions unmasked = ApplyOptions.defaults();
        ApplyOptions plain =
                constant == null ? unmasked : unmasked.maskConstant(GoldenCase.number(constant));
        Map<String, JsonValue> figures = golden.member("expect").object("figures");
        try (Parameters parameters = FiniteGoldenTest.parameters(golden.member("params"));
                Tensor x = GoldenCase.tensor(golden.member("x1"));
                Tensor graphs = pattern == null ? x : GoldenCase.tensor(pattern);
                Tensor expected = GoldenCase.tensor(Objects.requireNonNull(figures.get("apply")))) {
            FiniteGoldenTest.assertSameShapes(network, parameters, x);
            ApplyOptions asked = pattern == null ? plain : plain.pattern(graphs);
            Tensor found = network.apply(parameters, x, asked);
            FiniteGoldenTest.assertClose(expected, found, golden.name());
        }
    }
}
