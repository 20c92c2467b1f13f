<?php // SPDX-License-Identifier: Apache-2.0
namespace Example; ?>
<p>Nobody can log in at the moment. Please try again in a few minutes.</p>
