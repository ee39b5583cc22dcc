<?php
// Fills a WordPress, or changes it: orders as JSON on stdin, the posts that they touched as JSON on stdout.
// argv: the folder of the WordPress, then "install" for the first time.
[$script, $root, $first] = array_pad($argv, 3, '');
if ($first === 'install') {
    define('WP_INSTALLING', true);
}
require "$root/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/admin.php';
$orders = json_decode(stream_get_contents(STDIN), true);
if ($first === 'install') {
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    add_filter('wp_mail', fn ($mail) => ['to' => ''] + $mail);
    wp_install($orders['title'], 'redaction', 'redaction@example.org', true, '', 'essai', $orders['language']);
    echo json_encode(['installed' => get_bloginfo('version')]);
    exit;
}
wp_set_current_user(1);
foreach ($orders['options'] ?? [] as $name => $value) {
    update_option($name, $value);
}
if (isset($orders['permalinks'])) {
    global $wp_rewrite;
    $wp_rewrite->set_permalink_structure($orders['permalinks']);
    flush_rewrite_rules(false);
}
foreach ($orders['delete'] ?? [] as $order) {
    $order['force'] ? wp_delete_post($order['id'], true) : wp_trash_post($order['id']);
}
foreach ($orders['update'] ?? [] as $order) {
    wp_update_post(wp_slash($order));
}
$made = [];
foreach ($orders['posts'] ?? [] as $one) {
    $closed = $one['status'] === 'password';
    $future = $one['status'] === 'future';
    $term = term_exists($one['category'], 'category') ?: wp_insert_term($one['category'], 'category');
    $id = wp_insert_post(wp_slash([
        'post_title' => $one['title'],
        'post_name' => $one['slug'],
        'post_content' => $one['body'],
        'post_date' => $future ? '2031-05-05 10:00:00' : $one['date'],
        'post_status' => $closed ? 'publish' : ($one['status'] === 'trash' ? 'publish' : $one['status']),
        'post_password' => $closed ? 'secret' : '',
        'post_category' => [(int) $term['term_id']],
        'tags_input' => ['essai', 'région'],
        'post_author' => 1,
        'comment_status' => 'open',
    ]), true);
    if (is_wp_error($id)) {
        fwrite(STDERR, $id->get_error_message());
        exit(1);
    }
    $file = '';
    if ($one['pdf']) {
        $upload = wp_upload_bits($one['pdf'], null, file_get_contents($orders['pdf']));
        $name = pathinfo($one['pdf'], PATHINFO_FILENAME);
        $kind = ['post_mime_type' => 'application/pdf', 'post_title' => $name, 'post_status' => 'inherit'];
        wp_insert_attachment($kind, $upload['file'], $id);
        $file = $upload['url'];
        $link = '<div class="wp-block-file"><a href="' . esc_url($file) . '">' . $orders['link'] . '</a></div>';
        wp_update_post(wp_slash(['ID' => $id, 'post_content' => $one['body'] . $link]));
    }
    if ($one['comment']) {
        wp_insert_comment([
            'comment_post_ID' => $id, 'comment_content' => $one['comment'], 'comment_author' => 'Awa',
            'comment_author_email' => 'awa@example.org', 'comment_approved' => 1,
        ]);
    }
    if ($one['status'] === 'trash') {
        wp_trash_post($id);
    }
    $made[$one['slug']] = ['id' => $id, 'link' => get_permalink($id), 'file' => $file];
}
echo json_encode($made ?: new stdClass());
