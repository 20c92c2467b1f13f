<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Cloakroom\Tests;

use PHPUnit\Framework\TestCase;

final class SensitiveParameterTest extends TestCase
{
    private const SECRET = ['id', 'data', 'reference', 'request', 'received', 'answer'];

    public function testEveryParameterWithAnIdOrDataIsMarked(): void
    {
        $checked = 0;
        foreach (glob(\dirname(__DIR__) . '/src/*.php') ?: [] as $file) {
            $class = new \ReflectionClass('Cloakroom\\' . basename($file, '.php'));
            foreach ($class->getMethods() as $method) {
                foreach ($method->getParameters() as $parameter) {
                    if ($method->class === $class->name && \in_array($parameter->name, self::SECRET, true)) {
                        $where = "$class->name::$method->name(\$$parameter->name)";
                        self::assertCount(1, $parameter->getAttributes(\SensitiveParameter::class), $where);
                        ++$checked;
                    }
                }
            }
        }
        self::assertGreaterThan(20, $checked);
    }

    public function testMethodsOfTheInterfacesAreMarkedByPosition(): void
    {
        $places = [
            'validateId' => [0],
            'read' => [0],
            'write' => [0, 1],
            'updateTimestamp' => [0, 1],
            'destroy' => [0],
        ];
        foreach ($places as $method => $positions) {
            $parameters = (new \ReflectionMethod(\Cloakroom\SessionHandler::class, $method))->getParameters();
            foreach ($positions as $position) {
                self::assertCount(1, $parameters[$position]->getAttributes(\SensitiveParameter::class), $method);
            }
        }
    }
}
