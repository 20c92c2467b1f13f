<?php // SPDX-License-Identifier: Apache-2.0
namespace Example; ?>
<time datetime="<?= e($time->format(DATE_ATOM)) ?>"><?= e($time->format('j M Y, H:i')) ?> UTC</time>
